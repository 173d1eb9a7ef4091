import Appraisal
import Evidence
import Imaging
public import SeedBasedMapping

/// The findings of a run's models at their places in all the other models.
///
/// Models are added as they are run, with what they were made from, so that nothing is prepared again; that is two maps per
/// experiment and model.
public struct FindingsElsewhere: Sendable {
    fileprivate struct Model: Sendable {
        var analysis: SeedBasedAnalysis
        var prepared: PreparedModel
    }

    fileprivate var models: [Model] = []

    public init() {}

    public mutating func add(_ analysis: SeedBasedAnalysis, _ prepared: PreparedModel) {
        models.append(Model(analysis: analysis, prepared: prepared))
    }

    /// Says of every finding what the other models say there.
    /// - Parameter findings: of the models that were added, in their order.
    /// - Throws: as `SeedBasedAnalysis.run`.
    @_optimize(none)
    public func compare(_ findings: inout [ModelFindings]) async throws {
        guard models.count > 1, findings.count == models.count else { return }
        for other in models.indices {
            var wanted: [(model: Int, finding: Int, place: Place)] = []
            for model in findings.indices where model != other {
                for (index, finding) in findings[model].trust.enumerated() {
                    let mask = models[other].analysis.space.mask
                    let name = models[other].prepared.plan.name
                    guard let place = try? Place.at(finding.assessment.place.coordinate, in: mask) else {
                        findings[model].trust[index].elsewhere.append(
                            PlaceElsewhere(model: name, notTested: "outside its mask"))
                        continue
                    }
                    wanted.append((model, index, place))
                }
            }
            let words = try await models[other].says(at: wanted.map(\.place))
            for (want, words) in zip(wanted, words) {
                findings[want.model].trust[want.finding].elsewhere.append(words)
            }
        }
    }
}

extension FindingsElsewhere.Model {
    @_optimize(none)
    fileprivate func says(at places: [Place]) async throws -> [PlaceElsewhere] {
        if places.isEmpty { return [] }
        return try await analysis.effects(of: prepared, at: places).map(says)
    }

    fileprivate func says(_ place: StudyEffects) -> PlaceElsewhere {
        let name = prepared.plan.name
        guard !place.studies.isEmpty else {
            return PlaceElsewhere(model: name, notTested: "no experiment has a value there")
        }
        let design = prepared.design.flatMap { PlaceDesign($0, at: place) }
        guard prepared.design == nil || design != nil,
            let assessment = try? PlaceAssessment(
                place, measure: prepared.measure, design: design, settings: analysis.settings)
        else {
            return PlaceElsewhere(model: name, notTested: "the experiments there do not determine it")
        }
        return PlaceElsewhere(model: name, assessment, EvidenceGrade(assessment, settings: analysis.settings))
    }
}
