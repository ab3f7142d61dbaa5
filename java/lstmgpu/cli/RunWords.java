package lstmgpu.cli;

/**
 * How a command that trains speaks of its run.
 *
 * @param train the command, such as "train"
 * @param next the command that uses the model, such as "generate"
 * @param data what is learnt from, such as "text"
 * @param smaller the flags that make a smaller network
 */
record RunWords(String train, String next, String data, String smaller) {
    /** Of language models. */
    static final RunWords TEXTS = new RunWords("train", "generate", "text", "--preset or --hidden-size");
}
