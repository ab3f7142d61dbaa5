package lstmgpu.api;

/**
 * Where a text is: all that a model knows of what it has read and written, some kilobytes whatever its length. It never
 * changes, so going on from one state in two ways is a fork, and any thread may keep it.
 */
public final class TextState {
    private final lstmgpu.generate.TextState inner;

    TextState(lstmgpu.generate.TextState inner) {
        this.inner = inner;
    }

    lstmgpu.generate.TextState inner() {
        return inner;
    }

    /** {@return all of it, for {@link TextModel#state(byte[])}, on this machine or another} */
    public byte[] toBytes() {
        return inner.toBytes();
    }
}
