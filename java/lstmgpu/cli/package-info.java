/**
 * The commands people type, one class each, and what they share: flags, where a value comes from,
 * messages, exit codes.
 *
 * <p>Results go to {@link lstmgpu.cli.report.Console#out}, everything else to {@link
 * lstmgpu.cli.report.Console#err}.
 */
package lstmgpu.cli;
