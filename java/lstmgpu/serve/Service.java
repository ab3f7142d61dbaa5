package lstmgpu.serve;

import lstmgpu.generate.TextState;

/** What routes work with. */
record Service(
        Catalogue models, ModelLimits limits, Sessions<TextState> sessions, Metrics metrics, Stopping stopping) {}
