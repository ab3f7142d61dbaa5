package lstmgpu.task.classify;

import lstmgpu.data.table.Row;

/**
 * A text that belongs to a class.
 *
 * @param row where it stands
 * @param label of its class; null where that is not asked for
 */
public record Document(Row row, String text, String label) {}
