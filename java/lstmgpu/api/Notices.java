package lstmgpu.api;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a person should know of a call that has done its work: it goes to the log of the program. */
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    private Notices() {}

    static void say(String notice) {
        LOG.warn("{}", notice);
    }
}
