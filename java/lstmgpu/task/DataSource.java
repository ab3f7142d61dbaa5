package lstmgpu.task;

import lstmgpu.data.InputTexts;

/**
 * Where data comes from.
 *
 * @param name for messages, such as "input.txt (1,000 bytes)"
 * @param sha256 of the inputs, in hexadecimal
 * @param inputs what it was made of
 * @param mapped what has to stay as it is while the data is used
 */
public record DataSource(String name, String sha256, InputTexts inputs, InputTexts mapped) {}
