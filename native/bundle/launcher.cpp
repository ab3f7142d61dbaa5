// The program `lstm-gpu` of a bundle: starts the bundle's own Java with what the program needs. It does what the
// script of that name does in a checkout (tests/bundle compares the two), but is linked statically and starts nothing
// else, because a machine may have no shell and an older C library. It makes no start cache: the bundle brings one,
// and whoever can change that can change the program beside it as well.
#include <sys/resource.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int failed = 1;
constexpr int out_of_memory = 5;

void say(const std::string& sentence) { std::fprintf(stderr, "lstm-gpu: %s\n", sentence.c_str()); }

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// The folder of this file, behind any symbolic links.
std::string own_folder() {
    char path[PATH_MAX];
    if (realpath("/proc/self/exe", path) == nullptr) {
        say("/proc has to be mounted: it tells where the program lies, and Java needs it too.");
        std::exit(failed);
    }
    const std::string file = path;
    return file.substr(0, file.rfind('/'));
}

// Without a UTF-8 locale the JVM would not understand file names and prompts.
void choose_locale() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string value = variable(name);
        if (value.empty()) continue;
        for (char& letter : value) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        if (ends_with(value, "utf-8") || ends_with(value, "utf8")) return;
        break;
    }
    set("LC_ALL", "C.UTF-8");
}

// cuBLAS gives the same bits again only with a workspace of a fixed form.
void tune_libraries() {
    if (variable("CUBLAS_WORKSPACE_CONFIG").empty()) set("CUBLAS_WORKSPACE_CONFIG", ":4096:2");
}

// A loader searches the current folder for an empty or relative entry, which is hardly ever meant.
void clean_library_path() {
    const std::string path = variable("LD_LIBRARY_PATH");
    if (path.empty()) return;
    std::string kept;
    for (size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
        end = path.find(':', begin);
        if (end == std::string::npos) end = path.size();
        if (path[begin] == '/') kept += (kept.empty() ? "" : ":") + path.substr(begin, end - begin);
    }
    if (kept.empty()) {
        unsetenv("LD_LIBRARY_PATH");
    } else {
        set("LD_LIBRARY_PATH", kept);
    }
}

// The limits of ulimit: a JVM that meets them ends in pages about itself, and one reserves ten gigabytes and more
// unless it is told not to.
void fit_limits(std::vector<std::string>& java) {
    rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 48) {
        const rlim_t had = limit.rlim_cur;
        limit.rlim_cur = 256;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            say("only " + std::to_string(had) +
                " files may be open at a time, and the program needs 48: allow more with ulimit -n 1024.");
            std::exit(failed);
        }
    }
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    const rlim_t megabytes = limit.rlim_cur >> 20;
    if (megabytes >= 32768) return;
    if (megabytes < 2000) {
        say("ulimit -v leaves the program " + std::to_string(megabytes) +
            " MB of addresses, and it needs 2000: allow more with ulimit -v unlimited.");
        std::exit(out_of_memory);
    }
    java.insert(java.end(), {"-Xmx" + std::to_string(megabytes / 4) + "m", "-XX:CompressedClassSpaceSize=64m",
                             "-XX:ReservedCodeCacheSize=64m"});
    set("MALLOC_ARENA_MAX", "2");
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char letter : text) {
        if (std::isspace(static_cast<unsigned char>(letter)) == 0) {
            words.back() += letter;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

bool chooses_collector(const std::string& text) {
    const size_t use = text.find("Use");
    return use != std::string::npos && text.find("GC", use) != std::string::npos;
}

bool is_collector(const std::string& word) {
    return word.compare(0, 8, "-XX:+Use") == 0 || word.compare(0, 8, "-XX:-Use") == 0 ? ends_with(word, "GC") : false;
}

// An environment that people have for other programs must not decide whether this one starts: collectors exclude each
// other, so their flags are left out, and the JVM tells about each of these variables, so what else they say is given
// to it directly.
void read_java_options(std::vector<std::string>& java) {
    for (const char* name : {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"}) {
        const std::string value = variable(name);
        const std::vector<std::string> words = split(value);
        const bool quoted = value.find_first_of("\"'") != std::string::npos;
        bool in_file = false;
        for (const std::string& word : words) in_file = in_file || word[0] == '@';
        if (in_file || (quoted && chooses_collector(value))) {
            say(std::string(name) + " is left out: in quotes or in a file it may choose another collector;"
                                    " write its options without quotes.");
        } else if (quoted) {
            continue;  // quotes are read by the JVM only
        } else {
            for (const std::string& word : words) {
                if (!is_collector(word)) java.push_back(word);
            }
        }
        unsetenv(name);
    }
}

// Should the cache not fit after all, the JVM goes on without it; nobody needs to hear of that.
void use_start_cache(const std::string& cache, std::vector<std::string>& java) {
    if (access(cache.c_str(), R_OK) != 0) return;
    java.insert(java.end(),
                {"-XX:AOTCache=" + cache, "-Xlog:disable", "-Xlog:all=error:stderr", "-Xlog:aot*=off:stderr"});
}

// Drivers for OpenCL have LLVM in them, which puts handlers for signals of its own in the place of the JVM's; a JVM
// uses such signals all the time, and now and then would die of one. The JDK's library for that keeps the JVM's
// handlers first.
void keep_signal_handlers(const std::string& library) {
    if (access(library.c_str(), R_OK) != 0) return;
    const std::string others = variable("LD_PRELOAD");
    set("LD_PRELOAD", library + (others.empty() ? "" : ":" + others));
}

}  // namespace

int main(int count, char** arguments) {
    const std::string home = own_folder();
    const std::string program = home + "/runtime/bin/java";
    std::vector<std::string> java = {
        program, "-XX:+UseSerialGC", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-XX:ErrorFile=/dev/null", "-XX:ReplayDataFile=/dev/null",
        "-XX:-CreateCoredumpOnCrash"};
    choose_locale();
    tune_libraries();
    clean_library_path();
    fit_limits(java);
    read_java_options(java);
    use_start_cache(home + "/app/start.aot", java);
    keep_signal_handlers(home + "/runtime/lib/libjsig.so");
    java.insert(java.end(), {"-jar", home + "/app/lstm-gpu.jar"});
    // The consent to downloads, for which a checkout may ask, is not needed here.
    const int first = count > 1 && std::strcmp(arguments[1], "--yes") == 0 ? 2 : 1;
    java.insert(java.end(), arguments + first, arguments + count);

    std::vector<char*> pointers;
    for (std::string& argument : java) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    execv(program.c_str(), pointers.data());
    say(program + " cannot be started (" + std::strerror(errno) + "): unpack the bundle again.");
    return failed;
}
