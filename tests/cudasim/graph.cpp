// Capture of streams into graphs, and their replay: nodes run in any order that their dependencies allow.
#include <algorithm>

#include "sim.h"

namespace sim {

Handles<Graph> graphs("graph");
Handles<Executable> executables("executable graph");

namespace {

std::vector<std::shared_ptr<Capture>> active;

void leave(Capture &capture) {
    capture.ended = true;
    for (Stream *stream : capture.joined) {
        stream->capture = nullptr;
        stream->tail.clear();
    }
    active.erase(std::remove_if(active.begin(), active.end(), [&](const auto &each) { return each.get() == &capture; }), active.end());
}

// Whether every node leads to one of `tail`.
bool all_joined(const Graph &graph, const std::vector<size_t> &tail) {
    std::vector<bool> reached(graph.nodes.size());
    for (size_t node : tail) reached[node] = true;
    for (size_t node = graph.nodes.size(); node-- > 0;) {
        if (!reached[node]) return false;
        for (size_t before : graph.nodes[node].after) reached[before] = true;
    }
    return true;
}

bool in_flight(const Executable &executable) {
    return std::any_of(executable.flight.begin(), executable.flight.end(), [](const Work &each) { return !each->done; });
}

CUresult instantiate(const char *function, Handle *handle, Handle graph) {
    return call(function, NOT_IN_CAPTURE, [&] {
        Executable *made = executables.add(std::make_unique<Executable>(), *handle);
        made->graph = std::make_shared<Graph>(graphs.get(graph));
        made->handle = *handle;
        made->context = &current();
    });
}

void launch(Executable &executable, Handle handle) {
    Stream &stream = stream_of(handle);
    if (capturing(stream)) reject(CUDA_ERROR_NOT_SUPPORTED, "the stand-in takes no graph launches into a capture");
    put(handle, "cuGraphLaunch", nullptr);
    Work start = stream.last;
    std::vector<Work> made, before = std::move(executable.flight);
    before.push_back(start);
    start = queue(*stream.context, "cuGraphLaunch", std::move(before), nullptr);
    for (const Node &node : executable.graph->nodes) {
        std::vector<Work> after{start};
        for (size_t each : node.after) after.push_back(made[each]);
        made.push_back(queue(*stream.context, node.name, std::move(after), node.run));
    }
    made.push_back(start);
    stream.last = queue(*stream.context, "cuGraphLaunch", made, nullptr);
    made.push_back(stream.last);
    executable.flight = std::move(made);
}

}  // namespace

Capture *active_capture() {
    for (const auto &each : active) {
        if (each->mode == CU_STREAM_CAPTURE_MODE_GLOBAL) return each.get();
        if (each->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && each->thread == std::this_thread::get_id()) return each.get();
    }
    return nullptr;
}

bool any_capture() { return !active.empty(); }

void invalidate_captures(bool all) {
    for (const auto &each : active) {
        if (all || each->thread == std::this_thread::get_id()) each->invalid = true;
    }
}

void end_captures(Context &context) {
    std::vector<std::shared_ptr<Capture>> kept = active;
    for (const auto &each : kept) {
        if (each->origin->context == &context) leave(*each);
    }
}

}  // namespace sim

using namespace sim;

EXPORT CUresult cuStreamBeginCapture_v2(Handle handle, int mode) {
    return call("cuStreamBeginCapture_v2", 0, [&] {
        if (!handle) reject(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the legacy stream cannot be captured");
        Stream &stream = stream_of(handle);
        if (stream.capture) reject(CUDA_ERROR_INVALID_VALUE, "the stream is being captured already");
        auto capture = std::make_shared<Capture>();
        capture->origin = &stream;
        capture->mode = mode;
        capture->thread = std::this_thread::get_id();
        capture->joined = {&stream};
        stream.capture = capture;
        stream.tail.clear();
        active.push_back(capture);
    });
}

EXPORT CUresult cuStreamBeginCapture(Handle handle) { return cuStreamBeginCapture_v2(handle, CU_STREAM_CAPTURE_MODE_GLOBAL); }

EXPORT CUresult cuStreamEndCapture(Handle handle, Handle *graph) {
    return call("cuStreamEndCapture", 0, [&] {
        *graph = nullptr;
        Stream &stream = stream_of(handle);
        std::shared_ptr<Capture> capture = stream.capture;
        if (!capture) reject(CUDA_ERROR_INVALID_VALUE, "the stream is not being captured");
        if (capture->origin != &stream) reject(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "the capture began in another stream");
        if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->thread != std::this_thread::get_id()) {
            reject(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "the capture began in another thread");
        }
        std::vector<size_t> tail = stream.tail;
        leave(*capture);
        if (capture->invalid) reject(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "the capture was broken by an earlier call");
        if (!all_joined(*capture->graph, tail)) {
            reject(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "work of another stream was not joined to the stream that began the capture");
        }
        graphs.add(std::make_unique<Graph>(*capture->graph), *graph);
    });
}

EXPORT CUresult cuStreamIsCapturing(Handle handle, int *status) {
    return call("cuStreamIsCapturing", 0, [&] {
        Stream &stream = stream_of(handle);
        *status = !stream.capture          ? CU_STREAM_CAPTURE_STATUS_NONE
                  : stream.capture->invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                            : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    });
}

EXPORT CUresult cuGraphInstantiateWithFlags(Handle *executable, Handle graph, unsigned long long) {
    return instantiate("cuGraphInstantiateWithFlags", executable, graph);
}

EXPORT CUresult cuGraphInstantiate_v2(Handle *executable, Handle graph, Handle *, char *, size_t) {
    return instantiate("cuGraphInstantiate_v2", executable, graph);
}

EXPORT CUresult cuGraphUpload(Handle executable, Handle stream) {
    return call("cuGraphUpload", NOT_IN_CAPTURE, [&] {
        executables.get(executable);
        stream_of(stream);
    });
}

EXPORT CUresult cuGraphLaunch(Handle executable, Handle stream) {
    return call("cuGraphLaunch", 0, [&] { launch(executables.get(executable), stream); });
}

EXPORT CUresult cuGraphExecDestroy(Handle handle) {
    return call("cuGraphExecDestroy", 0, [&] {
        if (in_flight(executables.get(handle))) reject(CUDA_ERROR_INVALID_VALUE, "the graph is still to run");
        executables.remove(handle);
    });
}

EXPORT CUresult cuGraphDestroy(Handle handle) {
    return call("cuGraphDestroy", 0, [&] { graphs.remove(handle); });
}

EXPORT CUresult cuGraphGetNodes(Handle handle, Handle *nodes, size_t *count) {
    return call("cuGraphGetNodes", 0, [&] {
        if (nodes) reject(CUDA_ERROR_NOT_SUPPORTED, "the stand-in only counts nodes");
        *count = graphs.get(handle).nodes.size();
    });
}
