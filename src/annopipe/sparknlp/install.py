"""``annopipe.install_as_sparknlp()``."""

from annopipe.dialect import as_dialect, options
from annopipe.sparknlp.builder import mend_builder
from annopipe.sparknlp.finder import put_first


def install_as_sparknlp(dialect: str = "sparknlp") -> None:
    """Let ``import sparknlp`` and ``import nlu`` mean annopipe, from here on in this process.

    In the manner of pymysql's ``install_as_MySQLdb``: call it before the first import of either, and a script that was
    written for Spark NLP runs as it is. `Pipeline` comes from ``sparknlp.base`` too; ``sparknlp.start()`` and
    ``SparkSession.builder.getOrCreate()`` give `annopipe.start`'s session, options of the JVM are ignored and said so
    once. Annotators that annopipe does not have can be imported; their use raises `AnnotatorMissing`.

    Args:
        dialect: dialect of the stages made from here on; ``sparknlp`` gives the numbers that models were trained on.

    Raises:
        ParamValueError: an unknown dialect.
    """
    options.dialect = as_dialect(dialect)
    put_first()
    mend_builder()
