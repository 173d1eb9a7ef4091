import ArgumentParser
import Cuneus
import Figures
import Foundation
import Imaging

/// Time and size of what people look at: a run's folder with its report and viewer, and all figures, of 22 studies.
struct ReportSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report-speed",
        abstract: "Time and size of the report, the viewer and all figures of a run of 22 studies (aim: 5 s, 20 MB).")

    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Folder to leave the run in (default: none).")
    var out: String?

    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Examples/semantics").path

    @_optimize(none)
    func run() async throws {
        var settings = Settings()
        settings.relocations = 99
        var project = try ProjectReader.read(Self.project)
        project.experiments = Array(project.experiments.prefix(22))
        let experiments = try project.experiments(of: .mean, settings: settings)
        let started = Date()
        let analysis = SeedBasedAnalysis(
            space: try AnalysisSpace(settings: settings), settings: settings, workers: Workers(threads: threads))
        let model = try await analysis.prepare(.mean, experiments: experiments)
        let result = try await analysis.run(model)
        var findings = ModelFindings(result: result, clusters: result.exploratoryClusters())
        let places = PlaceNamer(AtlasSet.installed())
        let forest = try await Self.seconds {
            try await findings.judge(model, by: analysis, places: places, judges: true, hasForest: true)
        }
        let template = try Templates.load(.t1)
        var run = RunResults(
            project: project, models: [findings], places: places, template: template,
            machine: MachineRecord(started: started, threads: threads, instructionSet: VectorInstructions.best.rawValue)
        )
        run.viewer = try ViewerResources()
        let path = out ?? NSTemporaryDirectory() + "cuneus-report-speed-\(UUID().uuidString)"
        defer { if out == nil { try? FileManager.default.removeItem(atPath: path) } }
        var folder = try ResultFolder(path)
        folder.workers = Workers(threads: threads)
        var record: RunRecord?
        let writing = try await Self.seconds { record = try folder.write(run) }
        let files = Self.bytes(path)
        let page = Self.bytes("\(path)/report.html")
        // The page once more by itself: compressing maps takes most of the folder's time.
        let composing = try await Self.seconds {
            if let record { _ = Report(run, record: record).html(folder.workers) }
        }
        let drawing = try await Self.seconds {
            _ = try await folder.writeFigures(
                template: template, formats: [.svg], workers: Workers(threads: threads))
        }
        let pictures = Self.bytes("\(path)/figures")
        print("report of \(experiments.count) studies, \(findings.clusters.count) exploratory clusters")
        print("  judging, effects at peaks and on the viewer's grid: \(forest)")
        print("  report.html with viewer: \(composing), \(Self.megabytes(page))")
        print("  the folder with maps, tables and report: \(writing), \(Self.megabytes(files))")
        print("  all figures as SVG: \(drawing), \(Self.megabytes(pictures))")
        print(
            "  report, viewer and figures together: \(composing + drawing), \(Self.megabytes(page + pictures)) "
                + "(aim: under 5 s and 20 MB)")
    }

    private static func megabytes(_ bytes: Int) -> String { "\(fixed(Double(bytes) / 1e6, 1)) MB" }

    /// By the clock, and of all processors: on a machine that others use too only the second can be compared.
    private struct Seconds: CustomStringConvertible {
        var clock: Double
        var processors: Double

        var description: String { "\(fixed(clock, 2)) s (\(fixed(processors, 2)) s of processors)" }

        static func + (a: Self, b: Self) -> Self {
            Self(clock: a.clock + b.clock, processors: a.processors + b.processors)
        }
    }

    @_optimize(none)
    private static func seconds(_ work: () async throws -> Void) async rethrows -> Seconds {
        let (start, before) = (ContinuousClock.now, clock())
        try await work()
        let processors = Double(clock() - before) / Double(CLOCKS_PER_SEC)
        return Seconds(clock: start.duration(to: .now) / .seconds(1), processors: processors)
    }

    /// Of a file, or of everything below a folder.
    private static func bytes(_ path: String) -> Int {
        let manager = FileManager.default
        func size(_ path: String) -> Int { (try? manager.attributesOfItem(atPath: path)[.size] as? Int) ?? 0 }
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return 0 }
        guard isFolder.boolValue else { return size(path) }
        return (manager.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).reduce(0) { sum, name in
            var isFolder: ObjCBool = false
            _ = manager.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            return sum + (isFolder.boolValue ? 0 : size("\(path)/\(name)"))
        }
    }
}
