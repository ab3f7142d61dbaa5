package lstmgpu.parallel.mpi;

import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.Wire;

/** The processes that mpirun or srun has started together, this one among them. */
public final class Processes {
    /** This process by itself, without MPI. */
    public static final Processes ALONE = new Processes(null, 1, 0, 0, 0);

    private final MpiBridge bridge;
    private final int size;
    private final int rank;
    private final int hostRank;
    private final int cores;

    private Processes(MpiBridge bridge, int size, int rank, int hostRank, int cores) {
        this.bridge = bridge;
        this.size = size;
        this.rank = rank;
        this.hostRank = hostRank;
        this.cores = cores;
    }

    /**
     * Joins the others. From now on the calling thread is the one that speaks with them.
     *
     * @throws LstmGpuException with exit code 1 if this build knows no MPI, or another one than that which started it
     */
    public static Processes join(Launch launch) {
        if (!launch.isShared()) {
            return ALONE;
        }
        if (!MpiBridge.isBuilt()) {
            throw failed(
                    "%d processes were started to train together, but this build has no bridge to MPI; build from a"
                            + " checkout on a machine that has mpicxx and cmake, or start one process",
                    launch.size());
        }
        MpiBridge bridge = MpiBridge.load();
        int[] found = bridge.start(Runtime.getRuntime().availableProcessors());
        if (found[0] != launch.size()) {
            throw failed(
                    "%d processes were started to train together, but %s, with which this program was built, sees %d;"
                            + " start it with the mpirun of that MPI, or build it anew",
                    launch.size(), bridge.version(), found[0]);
        }
        return new Processes(bridge, found[0], found[1], found[2], found[3]);
    }

    private static LstmGpuException failed(String format, Object... arguments) {
        return new LstmGpuException(ExitCode.FAILED, format.formatted(arguments));
    }

    /** What {@code doctor} tells: the MPI that this build knows, or null where it knows none. */
    public static String library() {
        return MpiBridge.isBuilt() ? MpiBridge.load().version() : null;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** This one's number, from 0. */
    public int rank() {
        return rank;
    }

    /** The number of the GPU of its host that is this one's, where none is asked for. */
    public int hostRank() {
        return hostRank;
    }

    /** Its share of the cores of its host; 0 for all of them. */
    public int cores() {
        return cores;
    }

    /**
     * The same, to train on a device; all call it.
     *
     * @param wire means nothing for a process by itself
     * @param notice hears in one line what makes it slower than it could be
     */
    public Peers on(Backend backend, Wire wire, Consumer<String> notice) {
        if (bridge == null) {
            return Peers.ALONE;
        }
        MpiPeers peers = new MpiPeers(bridge, size, rank, backend, wire);
        CudaDevice device =
                backend instanceof KernelBackend own && own.kernelDevice() instanceof CudaDevice gpu ? gpu : null;
        CudaLibrary nccl = device == null ? null : CudaLibraries.find().nccl();
        if (peers.agree(nccl == null || !nccl.isUsable())) {
            if (nccl != null) {
                notice.accept("gradients go through the memory of the hosts, which is slower than NCCL: "
                        + (nccl.isUsable() ? "another process has none" : nccl.refusal()));
            }
            return peers;
        }
        return new NcclPeers(peers, backend, device, nccl, wire);
    }

    /**
     * The same, to divide work whose pieces take about the same time and of which nothing lies on a device: who is done
     * waits for the others for a minute, or twenty times as long as the own piece took.
     */
    public Peers dividing() {
        return bridge == null ? Peers.ALONE : new DividingPeers(bridge, size, rank);
    }

    /** Ends all processes, this one too. */
    public void abort(int code) {
        if (bridge != null) {
            bridge.abort(code);
        }
    }

    /** Waits for the others, all of whom have done their work, and leaves them. */
    public void leave() {
        if (bridge != null) {
            bridge.finish();
        }
    }
}
