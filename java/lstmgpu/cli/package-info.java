/**
 * The commands people type, one class each, and what they share: flags, where a value comes from,
 * messages, exit codes.
 *
 * <p>Results go to {@link lstmgpu.cli.Console#out}, everything else to {@link
 * lstmgpu.cli.Console#err}.
 */
package lstmgpu.cli;
