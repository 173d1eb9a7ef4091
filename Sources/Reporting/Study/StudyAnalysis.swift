public import Evidence
public import Formats
import Foundation
public import Imaging
public import Inference
public import PrimaryStudy
import Statistics

/// Runs a primary study: from a design and its images (or values of regions) to findings, and to what its people show there.
public struct StudyAnalysis: Sendable {
    public var name: String
    public var participants: ParticipantDesign
    public var table: ParticipantTable
    public var choices: StudyChoices
    public var area: StudyArea
    public var mask: Mask
    /// One row per row of the participants' table, one value per mask voxel.
    let rows: [[Float]]
    /// The same for each unit of the design.
    let units: [[Float]]
    var facts: [ParticipantImages.Facts] = []
    var inputFiles: [String] = []
    public private(set) var notices: [Notice] = []
    /// Of regions; empty for images.
    let regions: [String]
    private let namer: PlaceNamer

    /// Of images.
    public init(
        name: String, _ participants: ParticipantDesign, table: ParticipantTable, images: ParticipantImages,
        area: StudyArea, choices: StudyChoices, places: PlaceNamer
    ) {
        self.name = name
        self.participants = participants
        self.table = table
        self.choices = choices
        self.area = area
        mask = images.mask
        rows = images.values
        units = images.units(of: participants)
        facts = images.facts
        inputFiles = table.inputFiles + images.inputFiles
        notices = table.notices + participants.notices + images.notices
        regions = []
        namer = places
    }

    /// Of values of regions. They stand in a row of voxels that do not touch, so that every one is a cluster of its own.
    public init?(
        name: String, _ participants: ParticipantDesign, table: ParticipantTable, regions: ParticipantRegions,
        choices: StudyChoices
    ) {
        let count = regions.names.count
        guard count > 0,
            let grid = Grid(shape: [2 * count, 1, 1], affine: Affine(scale: [1, 1, 1], origin: .zero))
        else { return nil }
        self.name = name
        self.participants = participants
        self.table = table
        self.choices = choices
        if choices.correction != .voxel { self.choices.correction = .voxel }
        mask = Mask(grid: grid) { $0 % 2 == 0 }
        area = StudyArea(kind: .regionValues, names: regions.names, voxels: count, volume: 0)
        rows = participants.rows.indices.map { row in regions.values.map { Float($0[row]) } }
        let unitValues = regions.units(of: participants)
        units = participants.units.indices.map { unit in unitValues.map { Float($0[unit]) } }
        inputFiles = table.inputFiles
        notices = table.notices + participants.notices + regions.notices
        self.regions = regions.names
        namer = .none
    }

    /// The design as the engine has it.
    public func design() throws(StudyError) -> StudyDesign {
        let columns = participants.columns
        let tested = participants.tested
        let contrast = StudyContrast(
            name: participants.title,
            rows: tested.map { place in columns.indices.map { $0 == place ? 1 : 0 } })
        let kind: ExchangeScheme.Kind = participants.exchange == .signs ? .signFlips : .permutations
        var blocks: [Int]?
        if participants.exchange == .withinPeople {
            let subjects = participants.units.map(\.subject)
            var number: [String: Int] = [:]
            blocks = subjects.map { subject in
                if let known = number[subject] { return known }
                number[subject] = number.count
                return number.count - 1
            }
        }
        var varianceGroups: [Int]?
        if choices.statistic == .unequalVariances, let groups = participants.question.groups {
            varianceGroups = participants.units.map { $0.group == groups.names[0] ? 0 : 1 }
        }
        return try StudyDesign(
            columns: columns.map(\.name), matrix: Matrix(columns: columns.map(\.values)), contrasts: [contrast],
            exchange: ExchangeScheme(kind, blocks: blocks), varianceGroups: varianceGroups)
    }

    /// The test, ready to be run range by range.
    public func test() throws(StudyError) -> StudyTest {
        if case .smoothedVariance = choices.statistic, !regions.isEmpty {
            throw .design("Variances of regions cannot be smoothed over space (pseudo-t): regions are not neighbours.")
        }
        return try StudyTest(
            images: try StudyImages(mask: mask, rows: units, subjects: participants.units.map(\.subject)),
            design: try design(), options: choices.options)
    }

    /// All of it.
    @_optimize(none)
    public func run(
        workers: Workers, progress: any ProgressObserver = SilentProgress(), ledger: StudyLedger? = nil
    ) async throws -> StudyResult {
        let test = try test()
        let prepared = try test.prepare()
        let tally = try await StudyStretches(prepared: prepared, ledger: ledger).run(
            workers: workers, progress: progress)
        return try result(test, prepared.inference(tally), progress: progress)
    }

    func result(
        _ test: StudyTest, _ inference: StudyInference, progress: any ProgressObserver
    ) throws -> StudyResult {
        let fit = try StudyFit(units, design: test.design, contrast: test.contrast, minimum: test.minimumMaps)
        let places = StudyPlaces(self, test: test, inference: inference, fit: fit)
        let found = places.findings()
        progress.began("Findings, each without one person", units: max(found.count, 1))
        let people = try StudyPeople(self, test: test, inference: inference, fit: fit)
        let ranks = CrossValidatedCluster.ranks(found.map(\.cluster))
        let described = zip(found, ranks).map { finding, rank in
            let full = people.described(finding, rank: rank)
            progress.advanced(by: 1)
            return full
        }
        progress.ended()
        return StudyResult(
            name: name, participants: participants, table: table, area: area, choices: choices, design: test.design,
            mask: mask, inference: inference, fit: fit, effects: EffectMaps(fit, design: test.design),
            findings: described.filter(\.isCorrected), others: described.filter { !$0.isCorrected },
            limits: limits(test, inference), images: facts, inputFiles: inputFiles, notices: notices)
    }

    /// What a place is called.
    func placeName(_ cluster: Cluster) -> String {
        if !regions.isEmpty { return regions[min(cluster.peak.position, regions.count - 1)] }
        let named = namer.columns(cluster.peak.coordinate).first { !$0.isEmpty && $0 != NumberText.missing }
        let place = (0..<3).map { NumberText.hundredths(cluster.peak.coordinate[$0]) }.joined(separator: ", ")
        return named ?? "(\(place))"
    }

    private func limits(_ test: StudyTest, _ inference: StudyInference) -> StudyLimits? {
        guard !inference.contrast.isJoint else { return nil }
        let df = participants.degreesOfFreedom
        let (first, second) = participants.groupSizes
        let dPerT = (1 / Double(max(first, 1)) + (second > 0 ? 1 / Double(second) : 0)).squareRoot()
        var thresholds: [(name: String, critical: Double?)] = [
            (
                "p < .05 at one \(regions.isEmpty ? "place" : "region") named beforehand",
                StudentT(degreesOfFreedom: df).quantile(upperTail: 0.025)
            )
        ]
        // |t| that has a corrected p at the level (ties of data and their mirror image count twice); where degrees of freedom vary it is of z, told as the t of
        // everybody's.
        if case .classical = choices.statistic {
            let value = inference.correction(.voxel, .both).threshold(level: choices.level).map { Double($0) }
            let critical = value.map { inference.isScore ? StudentT(degreesOfFreedom: df).t(fromZ: $0) : $0 }
            let level = NumberText.shortest(choices.level)
            thresholds.append(
                (
                    "corrected p <= \(level.hasPrefix("0.") ? String(level.dropFirst()) : level) for \(area.words), one \(regions.isEmpty ? "voxel" : "region")",
                    critical
                ))
        }
        return StudyLimits(
            degreesOfFreedom: df, dPerT: dPerT, people: participants.people, isCorrelation: isCorrelation,
            thresholds: thresholds)
    }

    private var isCorrelation: Bool { participants.predictor != nil }
}
