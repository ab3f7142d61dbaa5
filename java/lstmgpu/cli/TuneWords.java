package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.cli.report.Console;
import lstmgpu.models.Tasks;
import lstmgpu.runs.WayTo;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The words behind {@code tune}: flags of its own, and the command whose runs it trains, with flags and inputs.
 *
 * @param own flags of tune with their values, wherever they stood
 * @param command such as forecast and train
 * @param spec of that command
 */
record TuneWords(List<String> own, List<String> command, CommandSpec spec, List<Flag> flags, List<String> inputs) {
    private static final String END_OF_FLAGS = "--";
    private static final String JSON_ENDING = ".json";

    /**
     * A flag of the command.
     *
     * @param name as it was written
     * @param value null where it has none
     */
    record Flag(OptionSpec option, String name, String value) {
        String word() {
            return value == null ? name : name + "=" + value;
        }
    }

    /**
     * @param tune the flags of tune
     * @throws LstmGpuException with exit code 2 if they name no command that trains, or a flag that it does not have
     */
    static TuneWords of(Console console, Tasks tasks, CommandSpec tune, List<String> words) {
        List<String> rest = new ArrayList<>(words);
        List<String> command = takeCommand(tune, rest);
        CommandLine root = Program.build(console, tasks, command.toArray(String[]::new));
        CommandSpec spec = Program.command(root, command.toArray(String[]::new)).getCommandSpec();
        TuneWords found = new TuneWords(new ArrayList<>(), command, spec, new ArrayList<>(), new ArrayList<>());
        Deque<String> left = new ArrayDeque<>(List.of(Arguments.normalise(root, rest.toArray(String[]::new))));
        while (!left.isEmpty()) {
            found.take(tune, left.pop(), left);
        }
        return found;
    }

    /** Whether nothing is there but flags of tune. */
    static boolean isOwn(CommandSpec tune, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            OptionSpec own = option(tune, words.get(i));
            if (own == null) {
                return false;
            }
            i += takesNext(own, words.get(i)) ? 1 : 0;
        }
        return true;
    }

    private static List<String> takeCommand(CommandSpec tune, List<String> words) {
        for (int i = 0; i < words.size() && !words.get(i).equals(END_OF_FLAGS); i++) {
            OptionSpec own = option(tune, words.get(i));
            if (own != null && takesNext(own, words.get(i))) {
                i++;
            } else if (!words.get(i).startsWith("-")) {
                boolean alone = words.get(i).equals("train");
                boolean group = List.of("forecast", "classify").contains(words.get(i))
                        && i + 1 < words.size()
                        && words.get(i + 1).equals("train");
                if (alone || group) {
                    List<String> taken = words.subList(i, i + (alone ? 1 : 2));
                    List<String> command = List.copyOf(taken);
                    taken.clear();
                    return command;
                }
            }
        }
        throw LstmGpuException.usage(
                "the command to search over is missing; write lstm-gpu tune train INPUT... -o DIR, or forecast train or"
                        + " classify train in place of train");
    }

    private void take(CommandSpec tune, String word, Deque<String> left) {
        if (word.equals(END_OF_FLAGS)) {
            inputs.addAll(left);
            left.clear();
        } else if (!word.startsWith("-") || word.equals(StandardInput.NAME)) {
            inputs.add(word);
        } else if (option(tune, word) != null) {
            own.add(word);
            if (takesNext(option(tune, word), word) && !left.isEmpty()) {
                own.add(left.pop());
            }
        } else {
            takeFlag(word, left);
        }
    }

    private void takeFlag(String word, Deque<String> left) {
        OptionSpec option = option(spec, word);
        String name = name(word);
        if (option == null) {
            throw unknown(name, "");
        }
        int end = word.indexOf('=');
        String value = end < 0 ? null : word.substring(end + 1);
        if (value == null && (takesNext(option, word) || isAnswer(option, left.peek()))) {
            if (left.isEmpty()) {
                throw LstmGpuException.usage("%s needs a value", name);
            }
            value = left.pop();
        }
        flags.add(new Flag(option, name, value));
    }

    /** The refusal of a flag that the command does not have. */
    LstmGpuException unknown(String name, String where) {
        List<String> near = Suggestions.nearest(name, spec.optionsMap().keySet());
        return LstmGpuException.usage(
                "%s%s has no flag %s%s; %s %2$s --help lists what there is",
                where,
                String.join(" ", command),
                name,
                near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?",
                Program.NAME);
    }

    /** A value that may be left out is only taken where it can be none but that. */
    private static boolean isAnswer(OptionSpec option, String next) {
        return option.arity().max() > 0
                && next != null
                && next.matches(option.type() == Integer.class ? "\\d+" : "true|false");
    }

    private static boolean takesNext(OptionSpec option, String word) {
        boolean attached = word.startsWith("--") ? word.indexOf('=') >= 0 : word.length() > 2;
        return option.arity().min() > 0 && !attached;
    }

    private static String name(String word) {
        int end = word.indexOf('=');
        return end < 0 ? word : word.substring(0, end);
    }

    private static OptionSpec option(CommandSpec command, String word) {
        OptionSpec found = command.optionsMap().get(name(word));
        boolean isShort = found == null && word.length() > 2 && word.startsWith("-") && !word.startsWith("--");
        // --config belongs to the command that is searched over.
        found = isShort ? command.optionsMap().get(word.substring(0, 2)) : found;
        return found != null
                        && found.longestName().equals("--config")
                        && command.name().equals(TuneCommand.NAME)
                ? null
                : found;
    }

    /** The command without flags of tune's own, as tune.json keeps it: files by their way from a folder. */
    List<String> recorded(Path folder, Map<String, String> environment) {
        List<String> words = new ArrayList<>(command);
        for (Flag flag : flags) {
            words.add(
                    isFile(flag)
                            ? flag.name + "=" + WayTo.record(folder, Path.of(flag.value), environment)
                            : flag.word());
        }
        words.add(END_OF_FLAGS);
        inputs.forEach(input -> words.add(WayTo.record(folder, Path.of(input), environment)));
        return words;
    }

    /** The reverse of {@link #recorded}. */
    TuneWords followed(Path folder) {
        List<Flag> there = flags.stream()
                .map(flag -> isFile(flag)
                        ? new Flag(
                                flag.option,
                                flag.name,
                                WayTo.follow(folder, flag.value).toString())
                        : flag)
                .toList();
        List<String> found = inputs.stream()
                .map(input -> WayTo.follow(folder, input).toString())
                .toList();
        return new TuneWords(own, command, spec, there, found);
    }

    private static boolean isFile(Flag flag) {
        boolean tokenizer = flag.option.longestName().equals("--tokenizer") && flag.value.endsWith(JSON_ENDING);
        return flag.option.type() == Path.class || tokenizer;
    }

    /** With other flags. */
    TuneWords with(List<Flag> others) {
        return new TuneWords(own, command, spec, List.copyOf(others), inputs);
    }

    /** The words of a run. */
    List<String> words(List<String> more) {
        List<String> words = new ArrayList<>(command);
        flags.forEach(flag -> words.add(flag.word()));
        words.addAll(more);
        words.add(END_OF_FLAGS);
        words.addAll(inputs);
        return words;
    }

    /** As a person types it. */
    String line(Path output) {
        List<String> words = new ArrayList<>(List.of(Program.NAME));
        words.addAll(command);
        inputs.forEach(input -> words.add(ShellWord.of(input)));
        for (Flag flag : flags) {
            words.add(flag.name);
            if (flag.value != null) {
                words.add(ShellWord.of(flag.value));
            }
        }
        words.add("-o");
        words.add(ShellWord.of(output));
        return String.join(" ", words);
    }
}
