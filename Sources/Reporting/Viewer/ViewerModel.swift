import Appraisal
import Comparison
import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping

/// A model as the viewer holds it: maps, clusters, input peaks, and what every study says at stored places.
struct ViewerModel {
    let model: RunModel
    let places: PlaceNamer
    let scale: ReportScale
    let workers: Workers

    /// The voxels of its maps; nil for a model without any.
    var mask: Mask? { model.findings?.result.maps.mask ?? model.comparison?.results.first?.mask }

    /// - Parameter space: index of its mask.
    /// - Returns: nil where there is no map to show.
    func payload(space: Int) throws -> ViewerPayload.Model? {
        let overlays = ViewerOverlays(model, scale: scale)
        guard !overlays.isEmpty else { return nil }
        var names = StudyIndex(model.experiments)
        let peaks = model.experiments.enumerated().flatMap { number, experiment in
            experiment.peaks.map { ViewerPayload.Peak(study: number, at: ViewerPayload.mm($0.mni)) }
        }
        let forest = try model.findings.flatMap { try self.forest($0, &names) }
        let result = model.findings?.result
        return ViewerPayload.Model(
            id: model.folder, title: model.plan.name, space: space, first: overlays.first,
            level: result?.familyWise == nil ? nil : result?.settings.correctedP, maps: overlays.all(workers),
            labels: labels,
            clusters: clusters, studies: names.all, peaks: peaks, forest: forest)
    }

    private var labels: ViewerPayload.Map? {
        guard let findings = model.findings, !findings.clusters.isEmpty else { return nil }
        return ResultMap.labels(findings).first { $0.name == "label" }
            .map { ViewerPayload.Map(QuantisedMap($0.values, step: 1)) }
    }

    private var clusters: [ViewerPayload.Cluster] {
        guard let findings = model.findings else { return [] }
        let corrected = findings.corrected.clusters
        return list(corrected, "corrected") + list(findings.clusters, "exploratory")
    }

    private func list(_ clusters: [Cluster], _ table: String) -> [ViewerPayload.Cluster] {
        clusters.enumerated().compactMap { number, cluster in
            guard let peak = cluster.peaks.first else { return nil }
            return ViewerPayload.Cluster(
                table: table, number: number + 1, sign: cluster.sign, voxels: cluster.voxels.count,
                at: ViewerPayload.mm(peak.coordinate), name: places.line(peak.coordinate))
        }
    }

    private func forest(_ findings: ModelFindings, _ names: inout StudyIndex) throws -> ViewerPayload.Forest? {
        guard let forest = findings.forest, !forest.places.isEmpty else { return nil }
        func hundredths(_ value: Double) -> Int { value.isFinite ? Int((value * 100).rounded()) : 0 }
        var list: [ViewerPayload.Place] = []
        for place in forest.places where !place.studies.isEmpty {
            let pooled = VoxelStatistics(findings.result, at: place.voxel)
            let ends = Self.fisher(pooled, findings.result)
            let studies = place.studies.flatMap { study -> [Int] in
                let source = StudyEffects.Source.allCases.firstIndex(of: study.source) ?? 0
                return [
                    names.index(of: study.experiments), source, hundredths(study.effect),
                    hundredths(study.standardError),
                ]
            }
            list.append(
                ViewerPayload.Place(
                    at: ViewerPayload.mm(place.coordinate), cluster: place.cluster,
                    pooled: [pooled.g, ends.low, ends.high].map(hundredths), studies: studies))
        }
        let sources = StudyEffects.Source.allCases
        return ViewerPayload.Forest(
            symbol: findings.result.measure == .correlation ? "Fisher's z" : "g", spacing: StudyForest.spacing,
            sources: sources.map(\.words), reported: sources.count(where: \.isReported),
            data: ViewerPayload.base64(Gzip.compress(try ViewerPayload.json(list))))
    }

    /// The interval on the scale that the studies are on: g, or Fisher's z.
    private static func fisher(_ pooled: VoxelStatistics, _ result: ModelResult) -> (low: Double, high: Double) {
        guard result.measure == .correlation else { return pooled.interval }
        return (atanh(pooled.interval.low), atanh(pooled.interval.high))
    }
}

/// The studies of a model by number, as the viewer's data name them; called as in the figures (``StudyNames``).
struct StudyIndex {
    private(set) var all: [String]
    private var numbers: [[String]: Int] = [:]

    init(_ experiments: [Experiment]) {
        let names = StudyNames(experiments)
        all = experiments.map { names($0.id) }
        for (number, experiment) in experiments.enumerated() { numbers[[experiment.id]] = number }
    }

    /// Of a study made from these experiments; a combination is added when it is first met.
    mutating func index(of experiments: [String]) -> Int {
        if let known = numbers[experiments] { return known }
        let parts = experiments.map { id in numbers[[id]].map { all[$0] } ?? id }
        numbers[experiments] = all.count
        all.append(parts.joined(separator: " + "))
        return all.count - 1
    }
}
