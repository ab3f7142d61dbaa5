package lstmgpu.api;

import lstmgpu.generate.TextAssembler;
import lstmgpu.generate.TextSink;

/** Hands a text on to a listener as it grows. */
final class Pieces implements TextSink {
    private final TextListener listener;
    private final TextAssembler assembler = new TextAssembler();

    Pieces(TextListener listener) {
        this.listener = listener;
    }

    @Override
    public void token(int sample, int id, float logprob) {
        listener.token(new TextListener.Token(id, logprob));
    }

    @Override
    public void accept(int sample, byte[] bytes) {
        String piece = assembler.append(bytes); // of a model of bytes a character may not be complete yet
        if (!piece.isEmpty()) {
            listener.text(piece);
        }
    }
}
