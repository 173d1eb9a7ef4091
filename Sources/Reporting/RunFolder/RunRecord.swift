import Comparison
public import Evidence
import Imaging
import Inference
import SeedBasedMapping

/// `run.json`: everything needed to repeat a run, and what it took.
///
/// ``result`` depends only on input, settings and seed: two runs of the same analysis have the same bytes there,
/// whatever machine and thread count. What depends on the machine is under ``machine``.
public struct RunRecord: Hashable, Sendable, Codable {
    public var program = "cuneus"
    public var version: String
    /// Of this file; grows when a key changes its meaning.
    public var format = 1
    public var result: Result
    public var machine: MachineRecord

    public init(version: String = CuneusVersion.text, result: Result, machine: MachineRecord) {
        self.version = version
        self.result = result
        self.machine = machine
    }

    public struct Result: Hashable, Sendable, Codable {
        public var project: String
        public var question: String
        /// native, sdm or sleuth.
        public var inputFormat: String
        public var inputs: [ContentHash]
        /// Hash of the whole plan with these settings (``PlanHash``), 64 hexadecimal digits: what `cuneus plan` prints. nil when the
        /// settings are not ones that can be planned.
        public var planSHA256: String?
        /// As given on the command line, in order.
        public var commandLineSettings: [Assignment]
        public var models: [Model]
        /// What methods other than SDM-PSI gave; nil when none ran.
        public var comparisons: [Comparison]?
        /// What models have in common; nil where the plan does not ask.
        public var conjunctions: [Conjunction]?
        /// Region-level results that were pooled; nil where there were none.
        public var outcomes: [Outcome]?
        /// The same in one model; nil where nobody asked.
        public var together: [Together]?
        public var notices: [Notice]
        /// Methods, references and flow of studies, for `cuneus report`; nil in records of earlier versions.
        public var words: PaperWords?

        public init(
            project: String, question: String, inputFormat: String, inputs: [ContentHash], planSHA256: String?,
            commandLineSettings: [Assignment], models: [Model], comparisons: [Comparison]? = nil, notices: [Notice]
        ) {
            self.project = project
            self.question = question
            self.inputFormat = inputFormat
            self.inputs = inputs
            self.planSHA256 = planSHA256
            self.commandLineSettings = commandLineSettings
            self.models = models
            self.comparisons = comparisons
            self.notices = notices
        }
    }

    public struct Assignment: Hashable, Sendable, Codable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// What a model's permutation test came to, which may be less than the settings ask for.
    public struct PermutationTest: Hashable, Sendable, Codable {
        /// The unpermuted data included.
        public var permutations: Int
        public var smallestP: Double
        /// Whether these are all distinct permutations there are.
        public var isExhaustive: Bool
        public var isTwoTailed: Bool
        public var clusterFormingZ: Double
        /// Whether relocated peaks went where publications at large print theirs; nil of other tests.
        public var isBaseRate: Bool?

        init(_ test: FamilyWiseResult) {
            permutations = test.permutations
            smallestP = test.smallestP
            isExhaustive = test.isExhaustive
            isTwoTailed = test.isTwoTailed
            clusterFormingZ = test.clusterForming
            isBaseRate = test.kind == .relocations ? test.isBaseRate : nil
        }
    }

    /// A model by methods other than SDM-PSI.
    public struct Comparison: Hashable, Sendable, Codable {
        public struct Method: Hashable, Sendable, Codable {
            public var method: String
            public var label: String
            public var criterion: String
            public var units: [String]
            public var foci: Int
            public var clusters: Int
            public var significantVoxels: Int
            public var notes: [String]
        }

        public var name: String
        public var folder: String
        public var question: String
        public var filter: String?
        public var settings: [String: String]
        public var experiments: [String]
        public var methods: [Method]
        /// Foci in the mask of the coordinate methods, and too far from it; nil where none ran, and in records of earlier versions.
        public var peaks: PeakPlacement?
        /// Methods that were asked for and do not fit the model, and why.
        public var skipped: [String: String]
        public var files: [ContentHash]

        init(_ comparison: ModelComparison, folder: String, files: [ContentHash]) {
            name = comparison.plan.name
            self.folder = folder
            question = comparison.plan.question
            filter = comparison.plan.filter?.text
            settings = Dictionary(
                comparison.settings.assignments.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            experiments = comparison.experiments.map(\.id)
            methods = comparison.results.map { result in
                Method(
                    method: result.method.rawValue, label: result.label, criterion: result.criterion,
                    units: result.units, foci: result.foci, clusters: result.findings.count,
                    significantVoxels: result.isSignificant.count { $0 }, notes: result.notes)
            }
            peaks = comparison.placement
            skipped = Dictionary(
                comparison.skipped.map { ($0.method.rawValue, $0.reason) }, uniquingKeysWith: { first, _ in first })
            self.files = files
        }
    }

    /// What several models have in common.
    public struct Conjunction: Hashable, Sendable, Codable {
        public var models: [String]
        public var folder: String
        public var criterion: String
        public var isCorrected: Bool
        public var clusters: Int
        public var significantVoxels: Int
        /// Samples of people in more than one of the models.
        public var sharedSamples: [String]
        public var files: [ContentHash]

        init(_ conjunction: ModelConjunction, folder: String, files: [ContentHash]) {
            models = conjunction.parts.map(\.name)
            self.folder = folder
            criterion = conjunction.criterion
            isCorrected = conjunction.isCorrected
            clusters = conjunction.clusters.count
            significantVoxels = conjunction.clusters.reduce(0) { $0 + $1.voxels.count }
            sharedSamples = conjunction.sharedSamples
            self.files = files
        }
    }

    public struct Model: Hashable, Sendable, Codable {
        public var name: String
        public var folder: String
        public var question: String
        /// As written in the plan; nil for all experiments.
        public var filter: String?
        public var seed: UInt64
        /// Every setting by its key, project's, model's and command line's together.
        public var settings: [String: String]
        public var experiments: [String]
        public var participants: Int
        public var leaveOut: Int
        public var maskVoxels: Int
        /// Of all peaks, those of experiments given as maps not counted; nil in records of earlier versions.
        public var peaks: PeakPlacement?
        /// nil without permutations.
        public var permutationTest: PermutationTest?
        /// The test by base rates beside it; nil without one.
        public var baseRateTest: PermutationTest?
        /// By whose corrected p the tables are cut: voxel, tfce, size or mass; nil without a test, and in records of earlier versions.
        public var correctedStatistic: String?
        public var clustersPositive: Int
        public var clustersNegative: Int
        public var notices: [Notice]
        /// What was written, relative to the run folder, in order.
        public var files: [ContentHash]

        init(_ findings: ModelFindings, folder: String, files: [ContentHash]) {
            let result = findings.result
            name = result.plan.name
            self.folder = folder
            question = result.plan.question
            filter = result.plan.filter?.text
            seed = result.settings.seed
            settings = Dictionary(
                result.settings.assignments.map { ($0.key, $0.value) },
                uniquingKeysWith: { first, _ in first })
            experiments = result.experiments.map(\.id)
            participants = findings.participants
            leaveOut = result.leaveOut
            maskVoxels = result.maps.mask.count
            peaks = findings.placement
            permutationTest = result.familyWise.map(PermutationTest.init)
            baseRateTest = result.baseRate.map(PermutationTest.init)
            correctedStatistic = result.familyWise == nil ? nil : result.correctedStatistic.rawValue
            clustersPositive = findings.clusters.count { $0.sign > 0 }
            clustersNegative = findings.clusters.count { $0.sign < 0 }
            notices = result.notices
            self.files = files
        }
    }
}
