public import Appraisal
import Evidence
import Figures
public import Inference
public import SeedBasedMapping
import Statistics

extension ModelFindings {
    /// Judges the peaks of the strongest clusters, from what every experiment says there.
    ///
    /// A peak whose experiments do not determine the model is passed over.
    /// - Parameter evidence: of ``appraisedClusters``, in their order.
    public mutating func appraise(_ evidence: ClusterEvidence, places: PlaceNamer) {
        let clusters = appraisedClusters
        jackknife = evidence.jackknife
        let names = StudyNames(result.experiments)
        let smallestP = PermutationWords(result)?.test.smallestP
        trust = clusters.indices.compactMap { index in
            guard evidence.peaks.indices.contains(index) else { return nil }
            let effects = evidence.peaks[index]
            let design = result.design.flatMap { PlaceDesign($0, at: effects) }
            if result.design != nil, design == nil { return nil }
            let tables = evidence.jackknife?.clusters ?? []
            let found = try? finding(
                clusters[index], effects: effects, design: design,
                jackknife: evidence.jackknife.flatMap { JackknifeRuns($0, cluster: index) },
                contributions: tables.indices.contains(index) ? tables[index].contributions : [])
            guard let found, let appraisal = found.appraisal else { return nil }
            bases[clusters[index].peak.position] = EffectBasis(appraisal.assessment)
            var card = FindingCard(
                found, appraisal, number: number(holdingPeakOf: clusters[index]),
                region: places.line(effects.coordinate), subgroups: subgroups(effects),
                covariates: bubbles(effects))
            card.names = names.table(effects.studies.map(\.id))
            card.correctedLevel = result.settings.correctedP
            if let smallestP { card.smallestP = smallestP }
            return card
        }
    }

    /// Peaks of the tables that ``appraise(_:places:)`` left out, as places: what their effects rest on is told too.
    public var peaksWithoutBasis: [Place] {
        let peaks = (clusters + result.correctedClusters()).compactMap(\.peaks.first).map(\.position)
        return Set(peaks).subtracting(bases.keys).sorted().prefix(Self.mostBases)
            .map { Place(voxel: $0, in: result.maps.mask, name: "voxel \($0)") }
    }

    /// More peaks than this are not read in a table.
    private static let mostBases = 200

    /// Notes what the effects at some peaks rest on.
    /// - Parameter effects: of ``peaksWithoutBasis``, in their order.
    public mutating func note(_ effects: [StudyEffects]) {
        for (place, effects) in zip(peaksWithoutBasis, effects) {
            guard let position = place.voxels.first, !effects.studies.isEmpty else { continue }
            let design = result.design.flatMap { PlaceDesign($0, at: effects) }
            let assessment = try? PlaceAssessment(
                effects, measure: result.measure, design: design, settings: result.settings)
            bases[Int(position)] = assessment.map { EffectBasis($0) }
        }
    }

    /// The experiment that stands for each study of a place: of those that are combined the first, as they agree in the
    /// model's covariates.
    private func experiments(_ place: StudyEffects) -> [Experiment] {
        place.studies.compactMap { study in
            result.experiments.first { $0.id == study.experiments.first }
        }
    }

    /// Levels of the tested categorical covariate, else of the model's first; empty without one.
    private func subgroups(_ place: StudyEffects) -> [String] {
        let categorical = result.plan.covariates.filter(\.isCategorical).map(\.column)
        var column = categorical.first
        if case .groups(let name) = result.plan.hypothesis.kind, categorical.contains(name) { column = name }
        guard let column else { return [] }
        return experiments(place).map { "\(column): \(Self.text($0.value(ofColumn: column)))" }
    }

    private static func text(_ value: Experiment.Covariate) -> String {
        switch value {
        case .number(let number): NumberText.shortest(number)
        case .text(let text): text
        case .missing: "–"
        }
    }

    /// A plot for every numeric column among the covariates.
    private func bubbles(_ place: StudyEffects) -> [BubblePlot.Covariate] {
        guard let design = result.design, let mean = design.adjustedMeans.first else { return [] }
        var seen: Set<String> = []
        let columns = result.plan.covariates.filter { !$0.isCategorical }.map(\.column)
            .filter { seen.insert($0).inserted }
        return columns.compactMap { column in
            let values = experiments(place).compactMap { experiment -> Double? in
                if case .number(let number) = experiment.value(ofColumn: column) { number } else { nil }
            }
            guard values.count == place.studies.count else { return nil }
            let plan = result.plan
            return BubblePlot.Covariate(name: column, values: values) { x in
                var weights = mean.weights
                for (index, term) in design.columns.enumerated() {
                    guard let covariate = term.covariate, plan.covariates[covariate].column == column,
                        case .numeric(let centre, let scale, let power) = term.content
                    else { continue }
                    let base = (x - centre) / scale
                    weights[index] = (0..<power).reduce(1.0) { product, _ in product * base }
                }
                return weights
            }
        }
    }
}

extension JackknifeRuns {
    /// The first peak of a cluster, without each experiment; nil where the jackknife does not have it.
    init?(_ jackknife: Jackknife, cluster: Int) {
        guard jackknife.clusters.indices.contains(cluster), let peak = jackknife.clusters[cluster].peaks.first else {
            return nil
        }
        let runs = zip(jackknife.omissions, peak.without).filter { $0.0.kind == .experiment }
        self.init(
            runs: runs.map { .init(leftOut: $0.name, g: $1.g, z: $1.z, isSignificant: $1.isSignificant) },
            threshold: jackknife.threshold, z: peak.all.z)
    }
}
