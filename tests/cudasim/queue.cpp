// Work waits here until a call waits for it. Then either only what that call depends on runs, in the order of
// dependence (seed 0), or, piece by piece, whatever a generator picks among all that could run. A fault in a piece
// breaks its context, as on a card.
#include <setjmp.h>
#include <signal.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "sim.h"

// The C library's own. Where libjsig.so is preloaded, `sigaction` is that of the Java machine, which would let its
// handler go first; it has no stack for a fault on one that is used up.
extern "C" int __sigaction(int number, const struct sigaction *action, struct sigaction *earlier);

namespace sim {
namespace {

constexpr size_t FULL = 4096;

std::deque<Work> pending;
std::vector<Work> ready;

thread_local sigjmp_buf escape;
thread_local volatile bool running = false;
thread_local volatile uintptr_t touched = 0;
thread_local volatile int signal_number = 0;
struct sigaction earlier_segv, earlier_bus, earlier_fpe;

void on_signal(int number, siginfo_t *info, void *context) {
    if (running) {
        running = false;
        touched = (uintptr_t)info->si_addr;
        signal_number = number;
        siglongjmp(escape, 1);
    }
    const struct sigaction &earlier = number == SIGSEGV ? earlier_segv : number == SIGBUS ? earlier_bus : earlier_fpe;
    if (earlier.sa_flags & SA_SIGINFO) {
        earlier.sa_sigaction(number, info, context);
    } else if (earlier.sa_handler == SIG_DFL || earlier.sa_handler == SIG_IGN) {
        signal(number, SIG_DFL);
    } else {
        earlier.sa_handler(number);
    }
}

// The Java machine has handlers of its own for these signals, which get whatever is not ours.
void watch() {
    static bool watching = false;
    if (watching) return;
    watching = true;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER;
    // Asked for first: another thread may have a fault of its own, for the Java machine, as soon as ours are set.
    __sigaction(SIGSEGV, nullptr, &earlier_segv);
    __sigaction(SIGBUS, nullptr, &earlier_bus);
    __sigaction(SIGFPE, nullptr, &earlier_fpe);
    __sigaction(SIGSEGV, &action, nullptr);
    __sigaction(SIGBUS, &action, nullptr);
    __sigaction(SIGFPE, &action, nullptr);
}

// A stack for the handler alone, as long as a piece runs: the one that the fault is on may be used up, and then the
// process would end without a word. The Java machine's own faults are handled as before.
class HandlerStack {
   public:
    HandlerStack() {
        thread_local std::vector<char> memory(64 << 10);
        stack_t own = {};
        own.ss_sp = memory.data();
        own.ss_size = memory.size();
        sigaltstack(&own, &earlier);
    }
    HandlerStack(const HandlerStack &) = delete;
    ~HandlerStack() { sigaltstack(&earlier, nullptr); }

   private:
    stack_t earlier = {};
};

void run_guarded(Operation &work) {
    HandlerStack handler_stack;
    Context &context = *work.context;
    if (sigsetjmp(escape, 0) == 0) {
        running = true;
        try {
            work.run();
        } catch (const Rejection &rejection) {
            context.broken = rejection.code;
            if (!rejection.text.empty()) report(work.name.c_str(), rejection.text);
        }
        running = false;
    } else {
        context.broken = CUDA_ERROR_ILLEGAL_ADDRESS;
        std::string what = signal_number == SIGFPE ? "divided by zero" : "touched an address " + place_of(touched);
        report(work.name.c_str(), what);
    }
}

void leave_ready(Operation &work) {
    if (work.ready_place == SIZE_MAX) return;
    size_t place = work.ready_place;
    work.ready_place = SIZE_MAX;
    if (place + 1 < ready.size()) {
        ready[place] = std::move(ready.back());
        ready[place]->ready_place = place;
    }
    ready.pop_back();
}

void enter_ready(const Work &work) {
    work->ready_place = ready.size();
    ready.push_back(work);
}

void execute(Work work) {
    leave_ready(*work);
    watch();
    if (!work->run) work->finished_at = now();
    if (work->run && !work->context->broken) run_guarded(*work);
    work->run = nullptr;
    work->done = true;
    work->after.clear();
    for (const std::weak_ptr<Operation> &each : work->dependents) {
        Work dependent = each.lock();
        if (dependent && --dependent->waiting == 0) enter_ready(dependent);
    }
    work->dependents.clear();
    while (!pending.empty() && pending.front()->done) pending.pop_front();
}

// Drawn anew for each seed, and going on from call to call.
Work draw() {
    static unsigned long seed = 0;
    static std::mt19937_64 generator;
    if (schedule_seed() != seed) generator.seed(seed = schedule_seed());
    return ready[seed ? generator() % ready.size() : 0];
}

void finish_in_order(const Work &goal) {
    std::vector<Work> stack{goal};
    while (!stack.empty()) {
        Work top = stack.back();
        const Work *needed = nullptr;
        for (const Work &each : top->after) {
            if (!each->done) needed = &each;
        }
        if (top->done) {
            stack.pop_back();
        } else if (needed) {
            stack.push_back(*needed);
        } else {
            execute(top);
            stack.pop_back();
        }
    }
}

void drain(const Work &goal) {
    if (!goal || goal->done) return;
    Work kept = goal;
    if (schedule_seed() == 0) return finish_in_order(kept);
    while (!kept->done) execute(draw());
}

// What kernels wrote around their own arguments was found at once; here all memory is looked at.
void check_guards(Context &context) {
    std::string text;
    if (context.broken || !broken_guard(text)) return;
    context.broken = CUDA_ERROR_ILLEGAL_ADDRESS;
    report("a kernel or product before this call", text);
}

}  // namespace

double now() {
    using namespace std::chrono;
    return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

Work queue(Context &context, const std::string &name, std::vector<Work> after, std::function<void()> run) {
    Work work = std::make_shared<Operation>();
    work->name = name;
    work->run = std::move(run);
    work->context = &context;
    for (Work &each : after) {
        if (!each || each->done) continue;
        each->dependents.push_back(work);
        work->waiting++;
        work->after.push_back(std::move(each));
    }
    if (work->waiting == 0) enter_ready(work);
    pending.push_back(work);
    while (pending.size() > FULL) drain(pending.front());
    return work;
}

void finish(const Work &goal) {
    if (!goal) return;
    Context &context = *goal->context;
    drain(goal);
    check_guards(context);
}

void finish_all(Context &context) {
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < pending.size() && !found; i++) {
            if (pending[i]->done || pending[i]->context != &context) continue;
            found = true;
            drain(pending[i]);
        }
    }
    check_guards(context);
}

void progress() {
    if (!ready.empty()) execute(draw());
}

}  // namespace sim
