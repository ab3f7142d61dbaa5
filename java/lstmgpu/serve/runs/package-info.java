/** Training runs that are watched and steered through the server, in this process and in others. */
package lstmgpu.serve.runs;
