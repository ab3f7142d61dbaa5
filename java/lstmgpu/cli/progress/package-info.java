/** What is seen of a training run while it lasts: a bar, lines or JSON. */
package lstmgpu.cli.progress;
