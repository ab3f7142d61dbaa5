/** The language model and its directory on disk. Nothing here asks which backend runs. */
package lstmgpu.model;
