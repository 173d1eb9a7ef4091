import Cuneus
import Foundation

/// The plan's conjunctions: which can be made of the models that are run, and what comes of them.
struct ProjectConjunctions {
    /// Those whose models are all run.
    let asked: [ConjunctionPlan]

    /// - Throws: ``InputError`` where models do not fit together, before anything is computed.
    init(_ project: Project, running models: [(ModelPlan, Settings)]) throws(InputError) {
        var asked: [ConjunctionPlan] = []
        for conjunction in project.conjunctions {
            let parts = conjunction.models.compactMap { name in models.first { $0.0.name == name } }
            guard parts.count == conjunction.models.count else {
                Failure.complain("note: no conjunction of \(conjunction.title): not all of these models are run.")
                continue
            }
            for (plan, settings) in parts
            where settings.mainMethod == nil && ModelConjunction.Part.convergence(of: settings) == nil {
                throw InputError(
                    at: conjunction.source,
                    "the conjunction of \(conjunction.title) joins maps of effects, or of where foci converge, and model "
                        + "\"\(plan.name)\" has no method that makes one.",
                    remedy: "Add effects, sdm-psi, ale or mkda to its method, or remove the conjunction.")
            }
            if let first = parts.first, let other = parts.first(where: { !Self.share(first.1, $0.1) }) {
                throw InputError(
                    at: conjunction.source,
                    "models \"\(first.0.name)\" and \"\(other.0.name)\" have different voxels, and no conjunction.",
                    remedy:
                        "Give both the same mask and voxel_size; models of foci alone have foci_mask in place of mask.")
            }
            asked.append(conjunction)
        }
        self.asked = asked
    }

    private static func share(_ a: Settings, _ b: Settings) -> Bool {
        ModelConjunction.Part.mask(of: a) == ModelConjunction.Part.mask(of: b) && a.voxelSize == b.voxelSize
    }

    /// Conjunctions of what was computed. What cannot be joined after all is told, and costs nothing else.
    func made(of models: [ModelFindings], and comparisons: [ModelComparison]) -> [ModelConjunction] {
        asked.compactMap { conjunction -> ModelConjunction? in
            let parts = conjunction.models.compactMap { name -> ModelConjunction.Part? in
                if let model = models.first(where: { $0.result.plan.name == name }) {
                    return ModelConjunction.Part(model.result)
                }
                return comparisons.first { $0.plan.name == name }.flatMap { ModelConjunction.Part($0) }
            }
            do throws(InputError) {
                guard parts.count == conjunction.models.count else {
                    throw InputError("not all of these models have a map.")
                }
                return try ModelConjunction(parts)
            } catch {
                Failure.complain(
                    "note: no conjunction of \(conjunction.title): \(error.message) \(error.remedy ?? "")")
                return nil
            }
        }
    }
}
