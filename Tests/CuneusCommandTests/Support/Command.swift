import Foundation

/// The `cuneus` that was built with these tests, run as a person runs it: a process with arguments.
final class Command {
    struct Outcome {
        /// What the process said when it ended by itself; nil when a signal (a trap among them) ended it.
        var code: Int32?
        var output: String
        var complaint: String
    }

    /// Beside the test program on Linux, beside its bundle elsewhere.
    static let program: URL = {
        #if os(Linux)
            let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return tests.deletingLastPathComponent().appendingPathComponent("cuneus")
        #else
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            return bundle.bundleURL.deletingLastPathComponent().appendingPathComponent("cuneus")
        #endif
    }()

    private let process = Process()
    private let folder: String

    /// Starts the command.
    ///
    /// - Parameters:
    ///   - folder: the working folder.
    ///   - environment: on top of the tests' own; by default there is no atlas, as on a bare machine.
    ///   - standardOutput: a file or device for it; its text is then not in the outcome.
    ///   - standardError: a file for it; its text is then not in the outcome.
    ///   - shell: what `sh` runs instead, with the program as `"$0"` and the arguments as `"$@"`.
    init(
        _ arguments: [String], in folder: String, environment: [String: String] = [:], standardOutput: String? = nil,
        standardError: String? = nil, shell: String? = nil
    ) throws {
        self.folder = NSTemporaryDirectory() + "cuneus-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        process.executableURL = shell == nil ? Self.program : URL(fileURLWithPath: "/bin/sh")
        process.arguments = shell.map { ["-c", $0, Self.program.path] + arguments } ?? arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var variables = ProcessInfo.processInfo.environment
        variables["COLUMNS"] = "80"
        variables["CUNEUS_ATLASES"] = "/no/atlases/here"
        variables["SLURM_CPUS_PER_TASK"] = nil
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: nothing waits for a reader.
        process.standardOutput =
            try standardOutput.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
            ?? Self.file("\(self.folder)/out")
        process.standardError =
            try standardError.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
            ?? Self.file("\(self.folder)/err")
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func file(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// What was said on standard error so far.
    var complaint: String { text("err") }

    func interrupt() { process.interrupt() }

    /// As when its terminal is closed.
    func hangUp() { Foundation.kill(process.processIdentifier, SIGHUP) }

    /// Ends the process as a power cut would.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    func wait() -> Outcome {
        process.waitUntilExit()
        return Outcome(
            code: process.terminationReason == .exit ? process.terminationStatus : nil, output: text("out"),
            complaint: complaint)
    }

    private func text(_ name: String) -> String {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Runs `cuneus` in `folder` to its end.
func cuneus(
    _ arguments: String..., in folder: String = "/", environment: [String: String] = [:]
) throws -> Command.Outcome {
    try Command(arguments, in: folder, environment: environment).wait()
}
