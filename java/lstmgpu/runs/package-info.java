/**
 * Training runs put together: what somebody asks for becomes a network, something to learn and settings. Of a choice
 * that is not made, which is null, the data or the task decides.
 */
package lstmgpu.runs;
