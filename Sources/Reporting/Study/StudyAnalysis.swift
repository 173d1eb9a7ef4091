public import Evidence
public import Formats
import Foundation
public import Imaging
public import Inference
public import PrimaryStudy
import SeedBasedMapping
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
    /// How reliable values of regions are; nil: it is not asked whose change is reliable.
    public var reliabilityAsked: Reliability?

    /// From where the reliability of values of regions is known.
    public enum Reliability: Sendable {
        case stated(Double)
        case repeated(ParticipantRepeats)
    }

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

    /// Of values of regions (``PrimaryStudy/RegionValues``).
    public init?(
        name: String, _ participants: ParticipantDesign, table: ParticipantTable, regions: ParticipantRegions,
        choices: StudyChoices
    ) {
        let count = regions.names.count
        guard let mask = StudyImages.regionMask(count) else { return nil }
        self.name = name
        self.participants = participants
        self.table = table
        self.choices = choices
        if choices.correction != .voxel { self.choices.correction = .voxel }
        self.mask = mask
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
        let rows: [[Double]] = tested.map { place in columns.indices.map { $0 == place ? 1 : 0 } }
        var contrasts = [StudyContrast(name: participants.title, rows: rows)]
        if rows.count > 1 {
            // Each later session, or each other group, against the first, for their conjunction.
            contrasts += zip(tested, rows).map { place, row in
                let name = columns[place].name
                return StudyContrast(
                    name: participants.kind == .repeated
                        ? "\(name) minus \(participants.sessions.first ?? "the first")" : name, row)
            }
        }
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
            varianceGroups = participants.units.map { unit in
                unit.group.flatMap { groups.names.firstIndex(of: $0) } ?? 0
            }
        }
        return try StudyDesign(
            columns: columns.map(\.name), matrix: Matrix(columns: columns.map(\.values)), contrasts: contrasts,
            exchange: ExchangeScheme(kind, blocks: blocks, nuisance: choices.nuisance), varianceGroups: varianceGroups)
    }

    /// The test, ready to be run range by range.
    public func test() throws(StudyError) -> StudyTest { try test(contrast: 0) }

    /// The question's test, then those of a conjunction's contrasts.
    package func tests() throws(StudyError) -> [StudyTest] {
        var tests = [try test()]
        guard choices.isConjunction else { return tests }
        for contrast in tests[0].design.contrasts.indices.dropFirst() { tests.append(try test(contrast: contrast)) }
        return tests
    }

    private func test(contrast: Int) throws(StudyError) -> StudyTest {
        if choices.isRobust, participants.kind == .repeated {
            throw .design(
                "No robust fit of more than two sessions (--robust): each person has a column of their own, which takes in whoever lies "
                    + "far from the others, so that nobody would count less. Compare two sessions at a time.")
        }
        if choices.isConjunction, participants.tested.count < 2 {
            throw .design(
                "A conjunction is of several contrasts: name three or more sessions or groups, the first of which is what the others are "
                    + "compared with (--paired session=pre,post,later; --groups group=controls,early,late), or several numbers "
                    + "(--correlate age,score).")
        }
        let subjects = participants.units.map(\.subject)
        let images =
            regions.isEmpty
            ? try StudyImages(mask: mask, rows: units, subjects: subjects)
            : try StudyImages(RegionValues(regions: regions, rows: units, subjects: subjects))
        var options = choices.options
        // q is of the question.
        options.countsUncorrected = options.countsUncorrected && contrast == 0
        return try StudyTest(images: images, design: try design(), contrast: contrast, options: options)
    }

    /// All of it.
    ///
    /// - Parameter parts: rearrangements that were made elsewhere (``StudyLedger/parts(_:of:)``); nil: they are made here.
    @_optimize(none)
    public func run(
        workers: Workers, progress: any ProgressObserver = SilentProgress(), ledger: StudyLedger? = nil,
        parts: [StudyTally]? = nil
    ) async throws -> StudyResult {
        let tests = try tests()
        let prepared = try tests.map { test throws(StudyError) in try test.prepare() }
        let tallies: [StudyTally]
        if let parts {
            let isWhole =
                parts.count == prepared.count
                && zip(parts, prepared).allSatisfy { $0.range.lowerBound == 0 && $0.range.upperBound >= $1.count }
            guard isWhole else {
                throw StudyError.data("The parts are not all \(prepared[0].count) rearrangements, each once.")
            }
            tallies = zip(parts, prepared).map { $0.clamped(to: 0..<$1.count) }
        } else {
            tallies = try await StudyStretches(prepared: prepared, ledger: ledger).run(
                workers: workers, progress: progress)
        }
        return try await result(
            tests[0], zip(prepared, tallies).map { $0.inference($1) }, workers: workers, progress: progress)
    }

    /// One of `count` parts of the rearrangements, made into a file that ``StudyLedger/parts(_:of:)`` reads.
    ///
    /// - Returns: the rearrangements' numbers, and how many there are in all.
    @_optimize(none)
    public func permute(
        shard: Int, of count: Int, into path: String, workers: Workers,
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> (range: Range<Int>, all: Int) {
        let prepared = try tests().map { test throws(StudyError) in try test.prepare() }
        let all = prepared.map(\.count).max() ?? 0
        let range = PermutationLedger.range(part: shard, of: count, permutations: all)
        _ = try await StudyStretches(prepared: prepared, ledger: StudyLedger(path, of: self), range: range).run(
            workers: workers, progress: progress)
        return (range, all)
    }

    @_optimize(none)
    private func result(
        _ test: StudyTest, _ inferences: [StudyInference], workers: Workers, progress: any ProgressObserver
    ) async throws -> StudyResult {
        let inference = inferences[0]
        let fit = try StudyFit(
            test.images.rows, design: test.design, contrast: test.contrast, minimum: test.minimumMaps)
        let places = StudyPlaces(self, test: test, inference: inference, fit: fit)
        let found = places.findings()
        progress.began("Findings, each without one person", units: max(found.count, 1))
        let people = try await StudyPeople(self, test: test, workers: workers)
        let ranks = CrossValidatedCluster.ranks(found.map(\.cluster))
        var described = zip(found, ranks).map { finding, rank in
            let full = people.described(finding, rank: rank)
            progress.advanced(by: 1)
            return full
        }
        progress.ended()
        var robust: RobustMaps?
        if choices.isRobust {
            robust = try await RobustMaps(
                test.images.rows, design: test.design.matrix, minimum: test.minimumMaps,
                testing: participants.tested, workers: workers)
        }
        let side: StudyInference.Side = inference.contrast.isJoint ? .positive : .both
        let statistic = choices.correction.statistic
        let tail = choices.continuesTail ? inference.paretoTail(statistic, side) : nil
        if let tail {
            let values = inference.values(statistic, side)
            for n in described.indices {
                let highest = described[n].cluster.voxels.map { values[Int($0)] }.max() ?? 0
                described[n].tailP = tail.p(Double(highest))
            }
        }
        return StudyResult(
            name: name, participants: participants, table: table, area: area, choices: choices, design: test.design,
            mask: mask, inference: inference, fit: fit, effects: EffectMaps(fit, design: test.design),
            findings: described.filter(\.isCorrected), others: described.filter { !$0.isCorrected },
            limits: limits(test, inference), images: facts, inputFiles: inputFiles, notices: notices, robust: robust,
            falseDiscoveries: inference.falseDiscoveryRate(side), tail: tail,
            conjunction: try conjunction(Array(inferences.dropFirst())),
            reliability: try reliability())
    }

    /// What contrasts, such as each later session against the first, have in common.
    private func conjunction(_ inferences: [StudyInference]) throws(StudyError) -> StudyResult.Conjunction? {
        guard choices.isConjunction else { return nil }
        let isTFCE = choices.correction == .tfce
        let common = try StudyConjunction(inferences, .both, correction: isTFCE ? .tfce : .voxel)
        let finder = ClusterFinder(mask: mask, connectivity: inferences[0].connectivity)
        let level = Float(choices.level) * (1 + 1e-6)
        let places = [1, -1].flatMap { sign in
            let kept = common.statistic.indices.map { voxel in
                common.correctedP[voxel] <= level && common.statistic[voxel] * Float(sign) > 0
                    ? common.statistic[voxel] : 0
            }
            return finder.clusters(in: kept, above: 0, sign: sign)
        }
        return StudyResult.Conjunction(
            contrasts: inferences.map(\.contrast.name), isTFCE: isTFCE, maps: common,
            places: places.map { cluster in
                .init(
                    name: placeName(cluster), cluster: cluster,
                    correctedP: Double(cluster.voxels.map { common.correctedP[Int($0)] }.min() ?? 1))
            })
    }

    /// Of regions, where a reliability was stated or sessions without treatment were named.
    private func reliability() throws -> [RegionReliability] {
        guard let asked = reliabilityAsked else { return [] }
        return regions.indices.compactMap { region in
            let values = participants.units.map { unit in unit.trajectory.map { Double(rows[$0][region]) } }
            let (first, last) = (values.map { $0.first ?? .nan }, values.map { $0.last ?? .nan })
            let subjects = participants.units.map(\.subject)
            switch asked {
            case .stated(let number):
                return RegionReliability(
                    regions[region], reliability: number, subjects: subjects, first: first, last: last)
            case .repeated(let repeats):
                return RegionReliability(
                    regions[region], repeats: repeats.values[region], subjects: subjects, first: first, last: last)
            }
        }
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

    private var isCorrelation: Bool { !participants.predictors.isEmpty }
}
