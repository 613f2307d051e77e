import nlu

embeddings_df = nlu.load("en.embed.albert_mini").predict("""I love Spark NLP""")
print(list(embeddings_df.columns))
print(embeddings_df["token"].tolist(), embeddings_df["word_embedding_albert_mini"].iloc[0].shape)
