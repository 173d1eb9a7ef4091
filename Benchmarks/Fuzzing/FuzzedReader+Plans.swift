import Evidence
import Formats
import Imaging
import SeedBasedMapping

extension FuzzedReader {
    /// What a project can hold besides studies and peaks, and what a run leaves for the next.
    static var plans: [FuzzedReader] {
        [
            project("plan with all it can say", SoundFiles.whole, victim: "cuneus.yaml"),
            project("studies with all columns", SoundFiles.whole, victim: "studies.tsv"),
            // A project is opened without them; the plan's outcomes are read when it is run.
            FuzzedReader("outcomes of a project", victim: "outcomes.tsv", files: SoundFiles.whole) { folder in
                let project = try ProjectReader.read(folder)
                let table = try OutcomeTableReader().read("\(folder)/outcomes.tsv")
                for row in table.rows where !row.values.values.allSatisfy(\.isFinite) {
                    throw Fault(description: "a number of \(row.study) is not finite")
                }
                _ = project.outcomes.map { plan in table.filtered { $0.outcome == plan.outcome }.covariateNames }
            },
            FuzzedReader("where an experiment looked", victim: "seen.nii", files: SoundFiles.whole) { folder in
                let place = try Place.image("\(folder)/seen.nii", in: SoundImages.mask)
                guard place.voxels.allSatisfy({ SoundImages.mask.voxels.indices.contains(Int($0)) }) else {
                    throw Fault(description: "a place has voxels that the mask has not")
                }
            },
            FuzzedReader("atlas", victim: "atlas.nii", files: SoundFiles.atlas) { folder in
                let atlas = try LabelAtlas(image: "\(folder)/atlas.nii")
                _ = (0..<SoundImages.mask.count).map { atlas.region(at: SoundImages.mask.world(at: $0)) }
            },
            FuzzedReader("ledger of a permutation test", victim: "ledger.tsv", files: SoundFiles.ledger) { folder in
                let (ledger, _) = try PermutationLedger.read("\(folder)/ledger.tsv")
                guard ledger.rows.count == ledger.table.count, ledger.next <= ledger.header.range.upperBound else {
                    throw Fault(description: "a ledger has more permutations than it says")
                }
            },
        ]
    }
}
