/** Files as all of the program reads and writes them: whole or not at all, under check sums, within limits, JSON. */
package lstmgpu.files;
