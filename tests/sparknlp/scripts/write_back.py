import nlu
import pandas as pd

df = pd.DataFrame({"id": [11, 12, 13], "review": ["Good food. Slow.", None, "We will come again!"]})
pipe = nlu.load("en.embed.albert_mini")
sentences = pipe.predict(df["review"], output_level="document")
df["vectors"] = sentences["word_embedding_albert_mini"].values
tokens = pipe.predict(df.rename(columns={"review": "text"})[["text", "id"]], positions=True)
print([len(vectors) for vectors in df["vectors"]])
for row, vector in zip(tokens.itertuples(), tokens["word_embedding_albert_mini"]):
    print(row.id, row.token, row.token_begin, row.token_end, getattr(vector, "shape", None))
