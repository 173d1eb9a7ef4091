public import Evidence
import Formats
import Imaging
import Inference
import PrimaryStudy

/// `run.json` of a primary study: what it was, and what it took. ``result`` depends on input, choices and seed alone.
public struct StudyRecord: Hashable, Sendable, Codable {
    public struct Place: Hashable, Sendable, Codable {
        public var name: String
        public var x: Double
        public var y: Double
        public var z: Double
        public var statistic: Double
        public var voxels: Int
        public var correctedP: Double
        public var isCorrected: Bool
    }

    public struct Result: Hashable, Sendable, Codable {
        public var kind = "study"
        public var name: String
        public var question: String
        public var asked: String
        public var people: Int
        public var units: Int
        public var columns: [String]
        public var exchange: String
        public var area: StudyArea
        public var statistic: String
        public var correction: String
        public var clusterP: Double
        public var level: Double
        public var seed: UInt64
        public var permutations: Int
        public var isExhaustive: Bool
        public var smallestP: Double
        public var places: [Place]
        public var inputs: [ContentHash]
        public var files: [ContentHash]
        public var notices: [Notice]
        /// Of the choices that are not the usual ones.
        public var nuisance: String
        public var extras: [String]
    }

    public var program = "cuneus"
    public var version: String
    public var format = 1
    public var result: Result
    public var machine: MachineRecord

    package init(_ result: StudyResult, inputs: [ContentHash], files: [ContentHash], machine: MachineRecord) {
        version = CuneusVersion.text
        self.machine = machine
        let rearrangements = result.inference.rearrangements
        self.result = Result(
            name: result.name, question: result.participants.title, asked: result.participants.question.words,
            people: result.participants.people, units: result.participants.units.count,
            columns: result.participants.columns.map(\.name), exchange: result.participants.exchange.rawValue,
            area: result.area, statistic: result.choices.statisticWords,
            correction: result.choices.correction.rawValue, clusterP: result.choices.clusterP,
            level: result.choices.level, seed: result.choices.seed, permutations: rearrangements.count,
            isExhaustive: rearrangements.isExhaustive, smallestP: result.inference.smallestP(result.side),
            places: (result.findings + result.others).map { finding in
                let peak = finding.cluster.peak.coordinate
                return Place(
                    name: finding.name, x: peak.x, y: peak.y, z: peak.z, statistic: finding.peak,
                    voxels: finding.cluster.voxels.count, correctedP: finding.correctedP,
                    isCorrected: finding.isCorrected)
            }, inputs: inputs, files: files, notices: result.notices,
            nuisance: result.choices.nuisance.rawValue, extras: result.choices.extras)
    }
}
