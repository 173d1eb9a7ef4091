import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Testing

/// What is read in place of being computed. A failure would mean that parts of one test are of different analyses.
@Suite("Prepared files")
struct PreparedFileTests {
    private static let plan = ModelPlan.mean

    private static func settings(_ others: [String]) throws -> Settings {
        try Settings().applying(
            (["method=sdm-psi", "imputations=4", "permutations=20"] + others).map {
                try SettingAssignment(commandLine: $0)
            })
    }

    private static func source(_ settings: Settings) throws -> PreparedSource {
        try PreparedSource(plan, experiments: SeedBasedAnalysisTests.experiments, design: nil, settings: settings)
    }

    /// A folder with a file of the small space's test.
    @_optimize(none)
    private static func prepared(_ others: [String] = [], threads: Int = 2) async throws -> String {
        let folder = NSTemporaryDirectory() + "cuneus-prepared-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let settings = try settings(others)
        let analysis = SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: threads))
        let content = try await analysis.preparedTest(
            plan, experiments: SeedBasedAnalysisTests.experiments, source: try source(settings))
        _ = try PreparedFile.write([content], program: "1.0", to: "\(folder)/file")
        return folder
    }

    @_optimize(none)
    private static func part(
        _ others: [String], _ prepared: PreparedTest?, ledger: String, space: AnalysisSpace
    ) async throws -> [UInt8] {
        var options = PermutationOptions(ledger: ledger)
        options.prepared = prepared
        let analysis = SeedBasedAnalysis(space: space, settings: try settings(others), workers: Workers(threads: 2))
        _ = try await analysis.permute(
            plan, experiments: SeedBasedAnalysisTests.experiments, shard: 2, of: 3, options: options)
        return try AtomicFile.read(ledger, count: 1 << 20)
    }

    private static func remedy(_ work: () throws -> Void) -> InputError? {
        do {
            try work()
            return nil
        } catch {
            return error as? InputError
        }
    }

    @Test(
        "A part has the same bytes with the file and without it",
        arguments: [[], ["compat=sdm621"], ["method=effects", "relocations=29"]])
    func same(_ settings: [String]) async throws {
        let folder = try await Self.prepared(settings)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try PreparedFile("\(folder)/file", program: "1.0")
        #expect(file.models == [Self.plan.name])
        let test = try file.test(of: Self.plan.name, source: try Self.source(try Self.settings(settings)))
        #expect(test.space.mask == SeedBasedAnalysisTests.space.mask)
        let with = try await Self.part(settings, test, ledger: "\(folder)/with", space: test.space)
        let without = try await Self.part(
            settings, nil, ledger: "\(folder)/without", space: SeedBasedAnalysisTests.space)
        #expect(with == without)
        #expect(with.count > 500)
    }

    @Test("The file has the same bytes for any number of threads")
    func threads() async throws {
        let (one, three) = (try await Self.prepared(threads: 1), try await Self.prepared(threads: 3))
        defer { for folder in [one, three] { try? FileManager.default.removeItem(atPath: folder) } }
        let bytes = try AtomicFile.read("\(one)/file", count: 1 << 24)
        #expect(bytes.count > 100_000)
        #expect(try AtomicFile.read("\(three)/file", count: 1 << 24) == bytes)
    }

    @Test("A changed byte is refused, or stands where nothing is read; so is a file that is cut off")
    func damage() async throws {
        let folder = try await Self.prepared()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/file"
        let source = try Self.source(try Self.settings([]))
        func open() throws {
            _ = try PreparedFile(path, program: "1.0").test(of: Self.plan.name, source: source)
        }
        try open()
        let sound = try AtomicFile.read(path, count: 1 << 24)
        for place in Array(0..<24) + Array(stride(from: 24, to: sound.count, by: 4_001)) {
            var bytes = sound
            bytes[place] ^= 0x10
            try AtomicFile.write(bytes, to: path)
            guard let refusal = Self.remedy(open) else {
                #expect(sound[place] == 0, "byte \(place)")
                continue
            }
            #expect("\(refusal)".contains(path))
            #expect("\(refusal)".contains("cuneus prepare PROJECT --out \(path)"))
        }
        for count in [0, 7, 23, 24, 100, 2_000, sound.count / 2, sound.count - 64] {
            try AtomicFile.write(Array(sound.prefix(count)), to: path)
            #expect(Self.remedy(open) != nil, "\(count) bytes")
        }
    }

    @Test("A file of other settings, another version, another model, or none is refused, and says what was found")
    func foreign() async throws {
        let folder = try await Self.prepared()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/file"
        let source = try Self.source(try Self.settings([]))
        let other = try Self.source(try Self.settings(["seed=99"]))
        let settings = try #require(
            Self.remedy { _ = try PreparedFile(path, program: "1.0").test(of: Self.plan.name, source: other) })
        #expect("\(settings)".contains(String(source.digest.prefix(16))))
        #expect("\(settings)".contains(String(other.digest.prefix(16))))
        let version = try #require(Self.remedy { _ = try PreparedFile(path, program: "2.0") })
        #expect("\(version)".contains("1.0") && "\(version)".contains("2.0"))
        let model = try #require(
            Self.remedy { _ = try PreparedFile(path, program: "1.0").test(of: "young", source: source) })
        #expect("\(model)".contains("'young'") && "\(model)".contains("'\(Self.plan.name)'"))
        let absent = try #require(Self.remedy { _ = try PreparedFile("\(folder)/none", program: "1.0") })
        #expect("\(absent)".contains("cannot be read"))
        try AtomicFile.write(Array("experiment\tx\ty\tz and so on and on\n".utf8), to: path)
        let table = try #require(Self.remedy { _ = try PreparedFile(path, program: "1.0") })
        #expect("\(table)".contains("no file of cuneus prepare"))
        // What is read from the null, and does not make it, may differ.
        #expect(try Self.source(try Self.settings(["corrected_p=0.01"])) == source)
    }
}
