package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.data.TextInputs;
import lstmgpu.data.input.InputSearch;
import picocli.CommandLine.Option;

/** What an input stands for: which files of a folder, and where in them a text is. */
@FlagSection("Input")
public final class InputFlags {
    private static final String INCLUDE = "--include";
    private static final String TEXTS = "*.txt";
    private static final String RECORDS = "*.{jsonl,ndjson,csv,tsv}";

    @Option(
            names = INCLUDE,
            paramLabel = "GLOB",
            description = "Which files of a folder are read, in it and in its folders. Default: " + TEXTS + ", and "
                    + RECORDS + " with --text-column. Packed files (.gz, .zst) count by either name.")
    String include;

    @Option(
            names = TextInputs.COLUMN_FLAG,
            paramLabel = "NAME",
            description = "The inputs are CSV or JSON Lines, and this column or field has the texts; each ends with a"
                    + " line end.")
    String column;

    /** The column of the texts; null where inputs are texts themselves. */
    public String column() {
        return column;
    }

    /**
     * The files that inputs stand for.
     *
     * @param notice hears what is left out
     * @throws lstmgpu.LstmGpuException as {@link InputSearch#files}
     */
    public List<Path> files(List<Path> inputs, Consumer<String> notice) {
        String names = include != null ? include : column != null ? RECORDS : TEXTS;
        return new InputSearch(names, INCLUDE).files(inputs, notice);
    }

    /** As {@link #files}, with what is read of them. */
    public TextInputs texts(List<Path> inputs, Consumer<String> notice) {
        return new TextInputs(files(inputs, notice), column);
    }
}
