/** How results, messages and values are written to a terminal, a pipe or as JSON. */
package lstmgpu.cli.report;
