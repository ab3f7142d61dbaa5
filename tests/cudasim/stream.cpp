// Streams and events. A stream is a chain of work; an event is the place in a chain at which it was recorded.
#include "service.h"
#include "sim.h"

namespace sim {

Handles<Stream> streams("stream");
Handles<Event> events("event");

namespace {

constexpr uintptr_t LEGACY = 1;

// The legacy stream comes after all work of blocking streams, and all their later work after it.
std::map<Context *, Stream> legacy_streams;

bool is_legacy(Handle handle) { return !handle || (uintptr_t)handle == LEGACY; }

void check_usable(Stream &stream) {
    if (stream.capture && stream.capture->invalid) {
        reject(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "the capture of this stream was broken by an earlier call");
    }
}

void join_legacy(Context &context, std::vector<Work> &after) {
    for (auto &each : streams.live) {
        Stream &stream = *each.second;
        if (stream.context != &context || !stream.blocking) continue;
        after.push_back(stream.last);
    }
}

void record(Event &event, Stream &stream) {
    event.recorded = true;
    event.capture = capturing(stream) ? stream.capture : nullptr;
    event.tail = stream.tail;
    if (event.capture) {
        event.work = nullptr;
        return;
    }
    put(stream.handle, "cuEventRecord", nullptr);
    event.work = stream.last;
}

void join_capture(Stream &stream, Event &event) {
    std::shared_ptr<Capture> capture = event.capture;
    if (capture->ended) reject(CUDA_ERROR_CAPTURED_EVENT, "the event was recorded in a capture that has ended");
    if (stream.capture && stream.capture != capture) {
        stream.capture->invalid = capture->invalid = true;
        reject(CUDA_ERROR_STREAM_CAPTURE_MERGE, "the event belongs to another capture than the stream");
    }
    if (!stream.capture) {
        stream.capture = capture;
        stream.tail.clear();
        capture->joined.push_back(&stream);
    }
    stream.tail.insert(stream.tail.end(), event.tail.begin(), event.tail.end());
}

void wait(Stream &stream, Event &event) {
    if (!event.recorded) return;
    if (event.capture) return join_capture(stream, event);
    if (stream.capture) {
        stream.capture->invalid = true;
        reject(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "a stream that is being captured would wait for work outside of the capture");
    }
    if (event.work) stream.waits.push_back(event.work);
}

CUresult wait_for(const char *function, const std::function<Work(Context *&)> &goal) {
    return call(function, 0, [&] {
        Context *context = nullptr;
        finish(goal(context));
        if (context->broken) throw Rejection{context->broken, ""};
    });
}

void check_not_capturing(Stream &stream) {
    if (!stream.capture) return;
    stream.capture->invalid = true;
    reject(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the stream is being captured");
}

void check_event(Event &event) {
    if (event.capture) reject(CUDA_ERROR_CAPTURED_EVENT, "the event was last recorded in a capture");
}

}  // namespace

Stream &stream_of(Handle handle) {
    if (!is_legacy(handle)) return streams.get(handle);
    Stream &stream = legacy_streams[&current()];
    stream.context = &current();
    return stream;
}

bool capturing(Stream &stream) {
    check_usable(stream);
    return stream.capture != nullptr;
}

void put(Handle handle, const std::string &name, std::function<void()> run) {
    Stream &stream = stream_of(handle);
    if (is_legacy(handle) && active_capture()) {
        invalidate_captures(true);
        reject(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "the legacy stream is used while a stream is being captured");
    }
    if (capturing(stream)) {
        std::vector<Node> &nodes = stream.capture->graph->nodes;
        nodes.push_back({name, std::move(run), stream.tail});
        stream.tail = {nodes.size() - 1};
        return;
    }
    std::vector<Work> after = std::move(stream.waits);
    stream.waits.clear();
    after.push_back(stream.last);
    if (is_legacy(handle)) {
        join_legacy(*stream.context, after);
    } else if (stream.blocking) {
        auto legacy = legacy_streams.find(stream.context);
        if (legacy != legacy_streams.end()) after.push_back(legacy->second.last);
    }
    stream.last = queue(*stream.context, name, std::move(after), std::move(run));
}

}  // namespace sim

using namespace sim;

EXPORT int cudasim_capturing(Handle handle) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    if (is_legacy(handle)) return 0;
    auto found = streams.live.find(handle);
    return found == streams.live.end() ? -1 : found->second->capture != nullptr;
}

EXPORT CUresult cuStreamCreateWithPriority(Handle *handle, unsigned flags, int) {
    return call("cuStreamCreate", NOT_IN_CAPTURE, [&] {
        if (flags & ~(unsigned)CU_STREAM_NON_BLOCKING) reject(CUDA_ERROR_INVALID_VALUE, "unknown flags %u", flags);
        Stream *stream = streams.add(std::make_unique<Stream>(), *handle);
        stream->handle = *handle;
        stream->context = &current();
        stream->blocking = !(flags & CU_STREAM_NON_BLOCKING);
    });
}

EXPORT CUresult cuStreamCreate(Handle *handle, unsigned flags) { return cuStreamCreateWithPriority(handle, flags, 0); }

EXPORT CUresult cuStreamDestroy_v2(Handle handle) {
    return call("cuStreamDestroy_v2", 0, [&] {
        if (is_legacy(handle)) reject(CUDA_ERROR_INVALID_HANDLE, "the legacy stream is not to be destroyed");
        check_not_capturing(streams.get(handle));
        streams.remove(handle);
    });
}

EXPORT CUresult cuStreamSynchronize(Handle handle) {
    return wait_for("cuStreamSynchronize", [&](Context *&context) {
        Stream &stream = stream_of(handle);
        check_not_capturing(stream);
        context = stream.context;
        if (is_legacy(handle)) put(handle, "cuStreamSynchronize", nullptr);
        for (const Work &each : stream.waits) finish(each);
        return stream.last;
    });
}

EXPORT CUresult cuStreamQuery(Handle handle) {
    return call("cuStreamQuery", 0, [&] {
        Stream &stream = stream_of(handle);
        check_not_capturing(stream);
        progress();
        if (stream.context->broken) throw Rejection{stream.context->broken, ""};
        if (stream.last && !stream.last->done) throw Rejection{CUDA_ERROR_NOT_READY, ""};
    });
}

EXPORT CUresult cuStreamWaitEvent(Handle stream, Handle event, unsigned) {
    return call("cuStreamWaitEvent", 0, [&] {
        Stream &waiting = stream_of(stream);
        check_usable(waiting);
        wait(waiting, events.get(event));
    });
}

EXPORT CUresult cuStreamGetCtx(Handle stream, Handle *context) {
    return call("cuStreamGetCtx", 0, [&] { *context = stream_of(stream).context->handle; });
}

EXPORT CUresult cuEventCreate(Handle *handle, unsigned flags) {
    return call("cuEventCreate", 0, [&] {
        Event *event = events.add(std::make_unique<Event>(), *handle);
        event->context = &current();
        event->timing = !(flags & CU_EVENT_DISABLE_TIMING);
    });
}

EXPORT CUresult cuEventDestroy_v2(Handle event) {
    return call("cuEventDestroy_v2", 0, [&] { events.remove(event); });
}

EXPORT CUresult cuEventRecord(Handle event, Handle stream) {
    return call("cuEventRecord", 0, [&] { record(events.get(event), stream_of(stream)); });
}

EXPORT CUresult cuEventSynchronize(Handle handle) {
    return wait_for("cuEventSynchronize", [&](Context *&context) {
        Event &event = events.get(handle);
        check_event(event);
        context = event.context;
        return event.work;
    });
}

EXPORT CUresult cuEventQuery(Handle handle) {
    return call("cuEventQuery", 0, [&] {
        Event &event = events.get(handle);
        check_event(event);
        progress();
        if (event.context->broken) throw Rejection{event.context->broken, ""};
        if (event.work && !event.work->done) throw Rejection{CUDA_ERROR_NOT_READY, ""};
    });
}

EXPORT CUresult cuEventElapsedTime(float *milliseconds, Handle start, Handle end) {
    return call("cuEventElapsedTime", 0, [&] {
        Event &first = events.get(start), &last = events.get(end);
        check_event(first);
        check_event(last);
        if (!first.timing || !last.timing || !first.recorded || !last.recorded) {
            reject(CUDA_ERROR_INVALID_HANDLE, "an event was not recorded, or made without a time");
        }
        if (!first.work->done || !last.work->done) throw Rejection{CUDA_ERROR_NOT_READY, ""};
        *milliseconds = (float)(last.work->finished_at - first.work->finished_at);
    });
}
