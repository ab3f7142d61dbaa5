package lstmgpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import lstmgpu.backend.CaseBudget;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What {@code tests/fast} runs. Without words these are all test classes but those in {@code tests/slow}; with words
 * the classes that have all of them in their names, and the cases of {@link lstmgpu.backend.ConformanceTest} that they
 * choose, as many as there is time for.
 */
final class FastTests implements TestExecutionListener {
    private static final Path TESTS = Path.of("tests", "java");
    private static final Path SLOW = Path.of("tests", "slow");
    private static final String CONFORMANCE = "lstmgpu.backend.ConformanceTest";
    private static final int FRAMES = 6;

    /** After so many no other class is begun. */
    private static final int SECONDS = 50;

    private static final int SECONDS_OF_WORDS = 12;

    private final Map<String, Long> nanos = new TreeMap<>();
    private final Map<String, Long> begun = new TreeMap<>();
    private final List<String> late = new ArrayList<>();
    private int passed;
    private int failed;
    private int left;

    private FastTests() {}

    public static void main(String... words) throws IOException {
        List<String> classes = chosen(List.of(words));
        System.setProperty("lstmgpu.test.cases", String.join(" ", words));
        System.getProperties().putIfAbsent("lstmgpu.test.seconds", words.length == 0 ? "10" : "8");
        FastTests tests = new FastTests();
        long begin = System.nanoTime();
        Launcher launcher = LauncherFactory.create();
        for (String name : classes) {
            if (System.nanoTime() - begin > (words.length == 0 ? SECONDS : SECONDS_OF_WORDS) * 1_000_000_000L) {
                tests.late.add(name.substring(name.lastIndexOf('.') + 1));
            } else {
                launcher.execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(name))
                                .build(),
                        tests);
            }
        }
        System.exit(tests.report((System.nanoTime() - begin) / 1e9, words));
    }

    /** Names of classes. One whose whole name is asked for may be a slow one. */
    private static List<String> chosen(List<String> words) throws IOException {
        Set<String> slow = new HashSet<>(Files.readAllLines(SLOW).stream()
                .filter(line -> !line.startsWith("#"))
                .toList());
        List<String> chosen = new ArrayList<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file : files.filter(file -> file.toString().endsWith("Test.java"))
                    .sorted()
                    .toList()) {
                String path = TESTS.relativize(file).toString();
                String name =
                        path.substring(0, path.length() - ".java".length()).replace('/', '.');
                if (isMeant(name, slow.contains(name), words)) {
                    chosen.add(name);
                }
            }
        }
        return chosen;
    }

    private static boolean isMeant(String name, boolean slow, List<String> words) {
        if (words.isEmpty()) {
            return !slow;
        }
        if (name.equals(CONFORMANCE)) {
            return true;
        }
        String own = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return words.stream()
                .map(word -> word.toLowerCase(Locale.ROOT).replace("_", ""))
                .allMatch(word -> slow ? own.equals(word) || own.equals(word + "test") : own.contains(word));
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        left++;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (isClass(test)) {
            nanos.merge(test.getDisplayName(), System.nanoTime() - begun.get(test.getUniqueId()), Long::sum);
        }
        switch (result.getStatus()) {
            case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
            case ABORTED -> left++;
            case FAILED -> {
                failed++;
                System.out.println("FAILED  " + nameOf(test));
                result.getThrowable().ifPresent(FastTests::print);
            }
        }
    }

    private static boolean isClass(TestIdentifier test) {
        return test.getUniqueIdObject().getLastSegment().getType().equals("class");
    }

    private static String nameOf(TestIdentifier test) {
        String where = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getClassName() + ".")
                .orElse("");
        return where + test.getDisplayName();
    }

    /** The message, and the lines of this project that led to it. */
    private static void print(Throwable thrown) {
        System.out.println("        " + thrown);
        Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("lstmgpu."))
                .limit(FRAMES)
                .forEach(frame -> System.out.println("        at " + frame));
    }

    /** Says how it went; returns the exit code. */
    private int report(double seconds, String... words) {
        if (passed + failed + left == 0) {
            System.out.printf(
                    "Nothing is named %s: no test class, and no operation, cell, backend or plan of ConformanceTest."
                            + " tests/kernels/run FILE tests a file of kernels by itself.%n",
                    String.join(" ", words));
            return ExitCode.USAGE.code();
        }
        System.out.printf(
                Locale.ROOT,
                "%d passed, %d failed, %d left out, in %.1f s; the longest:%s%n",
                passed,
                failed,
                left,
                seconds,
                longest());
        if (CaseBudget.left() > 0 || !late.isEmpty()) {
            System.out.printf(
                    "No time for %d cases of ConformanceTest and %d classes: %s%n",
                    CaseBudget.left(), late.size(), String.join(" ", late));
        }
        return failed == 0 ? ExitCode.DONE.code() : ExitCode.FAILED.code();
    }

    private String longest() {
        StringBuilder text = new StringBuilder();
        nanos.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(Integer.getInteger("lstmgpu.test.longest", 3))
                .forEach(entry -> text.append(" %s %.1f s".formatted(entry.getKey(), entry.getValue() / 1e9)));
        return text.toString();
    }
}
