/** Flags that several commands share, under the headings of their help. */
package lstmgpu.cli.flags;
