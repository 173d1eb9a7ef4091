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
            for (plan, settings) in parts where settings.mainMethod == nil {
                throw InputError(
                    at: conjunction.source,
                    "the conjunction of \(conjunction.title) joins maps of effects, and model \"\(plan.name)\" has no method "
                        + "that makes one.", remedy: "Add effects or sdm-psi to its method, or remove the conjunction.")
            }
            if let first = parts.first,
                let other = parts.first(where: {
                    $0.1.mask != first.1.mask || $0.1.voxelSize != first.1.voxelSize
                })
            {
                throw InputError(
                    at: conjunction.source,
                    "models \"\(first.0.name)\" and \"\(other.0.name)\" have different voxels, and no conjunction.",
                    remedy: "Give both the same mask and voxel_size.")
            }
            asked.append(conjunction)
        }
        self.asked = asked
    }

    func made(of models: [ModelFindings]) throws(InputError) -> [ModelConjunction] {
        var made: [ModelConjunction] = []
        for conjunction in asked {
            let parts = conjunction.models.compactMap { name in
                models.first { $0.result.plan.name == name }.map { ModelConjunction.Part($0.result) }
            }
            made.append(try ModelConjunction(parts))
        }
        return made
    }
}
