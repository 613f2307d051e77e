"""Write the small checkpoints and SavedModels of ``tests/importers/tensorflow_files`` by TensorFlow itself.

Run by hand, in an environment of its own (Python 3.11, ``tensorflow-cpu``, ``sentencepiece``, ``pyarrow``), with
``src`` and ``tests`` on the path::

    PYTHONPATH=src:tests python tests/golden/make_tensorflow_fixtures.py tests/importers/tensorflow_files

The weights are those of ``tiny_model.random_weights``; ``hidden.npy`` is what TensorFlow computes for ``IDS``.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from annopipe.albert.config import AlbertConfig
from importers.tensorflow_model import CONFIG, IDS, garden_names, google_names, weights

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

v1 = tf.compat.v1
HEADS, SIZE = CONFIG.num_attention_heads, CONFIG.hidden_size // CONFIG.num_attention_heads


def normalised(value, scale, shift):
    with tf.name_scope("LayerNorm/batchnorm"):
        mean, variance = tf.nn.moments(value, [-1], keepdims=True)
        epsilon = tf.constant(CONFIG.layer_norm_eps, tf.float32, name="add/y")
        return (value - mean) * tf.math.rsqrt(variance + epsilon) * scale + shift


def gelu(value):
    return 0.5 * value * (1.0 + tf.tanh(np.float32(np.sqrt(2 / np.pi)) * (value + 0.044715 * tf.pow(value, 3.0))))


def hidden(ids, take):
    """google-research's forward pass; ``take`` gives a weight by Hugging Face's name, kernels [in, out]."""
    length = tf.shape(ids)[1]
    rows = tf.gather(take("embeddings.word_embeddings.weight"), ids)
    rows += take("embeddings.token_type_embeddings.weight")[0]
    rows += take("embeddings.position_embeddings.weight")[:length]
    rows = normalised(rows, take("embeddings.LayerNorm.weight"), take("embeddings.LayerNorm.bias"))
    name = "encoder.embedding_hidden_mapping_in"
    state = tf.einsum("bse,eh->bsh", rows, take(f"{name}.weight")) + take(f"{name}.bias")
    prefix = "encoder.albert_layer_groups.0.albert_layers.0."
    for _ in range(CONFIG.num_hidden_layers):
        state = layer(state, lambda part: take(prefix + part))
    return state


def layer(state, take):
    def dense(source, name):
        return tf.einsum("bsi,io->bso", source, take(f"{name}.weight")) + take(f"{name}.bias")

    def cut(name):
        kernel = tf.reshape(take(f"attention.{name}.weight"), [CONFIG.hidden_size, HEADS, SIZE])
        bias = tf.reshape(take(f"attention.{name}.bias"), [HEADS, SIZE])
        return tf.einsum("bsi,ind->bsnd", state, kernel) + bias

    scores = tf.einsum("bfnd,btnd->bnft", cut("query"), cut("key")) / np.float32(np.sqrt(SIZE))
    context = tf.einsum("bnft,btnd->bfnd", tf.nn.softmax(scores), cut("value"))
    context = tf.reshape(context, tf.shape(state))
    attended = normalised(
        dense(context, "attention.dense") + state,
        take("attention.LayerNorm.weight"),
        take("attention.LayerNorm.bias"),
    )
    wide = gelu(dense(attended, "ffn"))
    return normalised(
        dense(wide, "ffn_output") + attended, take("full_layer_layer_norm.weight"), take("full_layer_layer_norm.bias")
    )


def first_graph(prefix, folder):
    """A graph of TensorFlow 1 with google-research's names; what ``folder`` does with its session is kept."""
    graph = tf.Graph()
    with graph.as_default(), v1.Session() as session:
        found = {}
        for name, (variable, values) in google_names(weights()).items():
            found[name] = v1.get_variable(prefix + variable, initializer=values)
        v1.get_variable(f"{prefix}bert/pooler/dense/kernel", initializer=np.eye(CONFIG.hidden_size, dtype=np.float32))
        ids = v1.placeholder(tf.int32, [None, None], "input_ids")
        out = tf.identity(hidden(ids, found.__getitem__), "sequence_output")
        v1.train.get_or_create_global_step()
        session.run(v1.global_variables_initializer())
        return folder(session, ids, out)


def google_research(folder):
    folder.mkdir(parents=True)

    def save(session, ids, out):
        v1.train.Saver().save(session, str(folder / "model.ckpt-best"), write_meta_graph=False)
        return session.run(out, {ids: IDS})

    expected = first_graph("", save)
    (folder / "checkpoint").unlink()
    config = {**asdict(CONFIG), "hidden_act": "gelu", "net_structure_type": 0, "down_scale_factor": 1}
    del config["layer_norm_eps"]
    (folder / "albert_config.json").write_text(json.dumps(config, indent=1) + "\n")
    return expected


def hub_module(folder):
    def save(session, ids, out):
        builder = v1.saved_model.Builder(str(folder))
        signature = v1.saved_model.predict_signature_def({"input_ids": ids}, {"sequence_output": out})
        lower = tf.constant(True, name="do_lower_case")
        info = {"do_lower_case": v1.saved_model.utils.build_tensor_info(lower)}
        told = v1.saved_model.signature_def_utils.build_signature_def(outputs=info, method_name="tokenization_info")
        signatures = {"tokens": signature, "tokenization_info": told}
        builder.add_meta_graph_and_variables(session, [], signatures, strip_default_attrs=True)
        builder.save()
        slimmed(folder)
        return session.run(out, {ids: IDS})

    return first_graph("module/", save)


def slimmed(folder):
    """Take out of a SavedModel what is only for tools: descriptions of operators, and shapes of values."""
    path = folder / "saved_model.pb"
    model = SavedModel.FromString(path.read_bytes())
    for meta in model.meta_graphs:
        meta.meta_info_def.ClearField("stripped_op_list")
        functions = [function.node_def for function in meta.graph_def.library.function]
        for node in [node for nodes in (meta.graph_def.node, *functions) for node in nodes]:
            node.attr.pop("_output_shapes", None)
            node.ClearField("experimental_debug_info")
    path.write_bytes(model.SerializeToString())


def frozen(folder):
    folder.mkdir()

    def save(session, ids, out):
        graph = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["sequence_output"])
        (folder / "saved_model.pb").write_bytes(graph.SerializeToString())
        return session.run(out, {ids: IDS})

    return first_graph("", save)


def garden(folder):
    """A SavedModel of TensorFlow 2 with the model garden's names and kernels cut into heads."""
    module = tf.Module()
    module.kept = [tf.Variable(values, name=name) for name, values in garden_names(weights()).values()]
    by_name = dict(zip(garden_names(weights()), module.kept, strict=True))

    def take(name):
        variable = by_name[name]
        if len(variable.shape) == 3 or (name.endswith(".bias") and len(variable.shape) == 2):
            return tf.reshape(variable, google_names(weights())[name][1].shape)
        return variable

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32, "input_word_ids")])
    def serve(ids):
        return {"sequence_output": hidden(ids, take)}

    module.serve = serve
    options = tf.saved_model.SaveOptions(save_debug_info=False, experimental_image_format=False)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve}, options=options)
    slimmed(folder)
    (folder / "fingerprint.pb").unlink(missing_ok=True)
    (folder / "assets").rmdir()
    return serve(tf.constant(IDS, tf.int32))["sequence_output"].numpy()


def main(target):
    assert isinstance(CONFIG, AlbertConfig)
    target = Path(target)
    made = {
        "google_research": google_research,
        "hub_module": hub_module,
        "frozen": frozen,
        "garden": garden,
    }
    answers = [make(target / name) for name, make in made.items()]
    for other in answers[1:]:
        assert np.abs(other - answers[0]).max() < 1e-5
    np.save(target / "hidden.npy", answers[0])


if __name__ == "__main__":
    main(sys.argv[1])
