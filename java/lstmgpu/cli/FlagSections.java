package lstmgpu.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.cli.flags.CommonFlags;
import lstmgpu.cli.flags.FlagSection;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lays out the flags of a command under the headings of the classes that declare them. */
final class FlagSections {
    private FlagSections() {}

    static void install(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, FlagSections::render);
        if (command.getCommand() instanceof ProgramCommand explained) {
            command.getHelpSectionMap()
                    .put(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING, help -> explained.explanation());
        }
    }

    private static String render(Help help) {
        Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        for (OptionSpec option : help.commandSpec().options()) {
            if (!option.hidden()) {
                sections.computeIfAbsent(heading(option), heading -> new ArrayList<>())
                        .add(option);
            }
        }
        List<OptionSpec> common = sections.remove(
                CommonFlags.class.getAnnotation(FlagSection.class).value());
        StringBuilder text = new StringBuilder();
        sections.forEach((heading, options) -> append(text, help, heading, options));
        append(text, help, sections.isEmpty() ? "Flags" : "Other", common);
        return text.toString();
    }

    private static void append(StringBuilder text, Help help, String heading, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.parameterLabelRenderer());
        text.append(System.lineSeparator())
                .append(heading)
                .append(":")
                .append(System.lineSeparator())
                .append(layout);
    }

    private static String heading(OptionSpec option) {
        FlagSection section = option.userObject() instanceof Field field
                ? field.getDeclaringClass().getAnnotation(FlagSection.class)
                : null;
        return section == null ? "Flags" : section.value();
    }
}
