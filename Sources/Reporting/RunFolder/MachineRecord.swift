public import Foundation

/// Where and how long a run ran: what may differ between two runs that give the same result.
public struct MachineRecord: Hashable, Sendable, Codable {
    public struct StageTiming: Hashable, Sendable, Codable {
        /// Nil for stages of the whole run.
        public var model: String?
        public var stage: String
        public var seconds: Double

        public init(model: String? = nil, stage: String, seconds: Double) {
            self.model = model
            self.stage = stage
            self.seconds = seconds
        }
    }

    /// ISO 8601, UTC.
    public var started: String
    public var commandLine: [String]
    public var threads: Int
    public var cores: Int
    /// Vector instructions the kernels ran with, e.g. `x86-64-v4`.
    public var instructionSet: String
    public var operatingSystem: String
    /// Compiler the program was built with.
    public var swift: String
    public var timings: [StageTiming]
    /// From the start to the writing of this record.
    public var totalSeconds: Double
    /// Largest resident set.
    public var peakMemoryBytes: Int
    /// - Parameters:
    ///   - timings: of stages outside the models (reading, templates); the models' own are added when written.
    public init(
        started: Date, commandLine: [String] = CommandLine.arguments, threads: Int, instructionSet: String,
        timings: [StageTiming] = []
    ) {
        self.started = Self.timestamp(started)
        self.commandLine = commandLine
        self.threads = threads
        cores = ProcessInfo.processInfo.activeProcessorCount
        self.instructionSet = instructionSet
        operatingSystem = ProcessInfo.processInfo.operatingSystemVersionString
        swift = CuneusVersion.swift
        self.timings = timings
        totalSeconds = 0
        peakMemoryBytes = 0
        finish()
    }

    /// Brings the total time and the memory up to now.
    public mutating func finish() {
        totalSeconds = Self.seconds(since: started)
        peakMemoryBytes = Self.peakMemory()
    }

    private static func timestamp(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func seconds(since timestamp: String) -> Double {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let start = try? style.parse(timestamp) else { return 0 }
        return (Date().timeIntervalSince(start) * 1000).rounded() / 1000
    }

    /// Largest resident set so far, bytes.
    public static func peakMemory() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss * 1024  // Linux counts kibibytes.
        #endif
    }
}
