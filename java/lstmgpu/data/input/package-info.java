/** What an input may be: files, folders and patterns that name them, packed or not. */
package lstmgpu.data.input;
