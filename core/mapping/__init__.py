"""Field mappings: a document becomes SQL over a relation of JSON texts. Sets, not rows."""
