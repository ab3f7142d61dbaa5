package lstmgpu.backend.reference;

/** Rows of a table by tokens. */
final class ReferenceEmbedding {
    private ReferenceEmbedding() {}

    static void gather(ReferenceBuffer table, ReferenceBuffer tokens, int embeddingSize, ReferenceBuffer out) {
        for (int n = 0; n < tokens.length(); n++) {
            int row = token(tokens, n, (int) table.length() / embeddingSize);
            for (int e = 0; e < embeddingSize; e++) {
                out.set(n * embeddingSize + e, table.get(row * embeddingSize + e));
            }
        }
    }

    static void add(ReferenceBuffer dOut, ReferenceBuffer tokens, int embeddingSize, ReferenceBuffer dTable) {
        for (int n = 0; n < tokens.length(); n++) {
            int row = token(tokens, n, (int) dTable.length() / embeddingSize);
            for (int e = 0; e < embeddingSize; e++) {
                dTable.add(row * embeddingSize + e, dOut.get(n * embeddingSize + e));
            }
        }
    }

    /** The n-th token, once it is known to lie in [0, vocabulary). */
    static int token(ReferenceBuffer tokens, int n, int vocabulary) {
        int token = tokens.getInt(n);
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("token " + token + " is not in [0, " + vocabulary + ")");
        }
        return token;
    }
}
