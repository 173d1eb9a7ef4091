/// One situation in which the agreement test is judged: how studies are made, what they print, and what is asked of the test.
public struct GateCell: Hashable, Sendable {
    /// What a study compares.
    public enum Contrast: String, Hashable, Sendable {
        case oneSample
        /// Patients and as many controls.
        case twoGroups
        /// Of the images with a score.
        case correlation
    }

    /// A number of every study that the model tests in place of the mean, with its own test: a permutation of studies.
    public enum Covariate: String, Hashable, Sendable {
        /// Drawn anew in every replicate; no effect depends on it.
        case random
        /// The same, but correlated by .5 with the number of people.
        case followingSize
        /// Evenly spread from −1 to 1; effects depend on it as the design's slope says.
        case ofTheEffect
        /// Drawn anew and without an effect, but correlated by .5 with a second one, on which effects depend as the design's slope
        /// says. The model adjusts for that one: a test that took no account of it would find the first.
        case besideNuisance
    }

    /// What is asked of the share of replicates with a corrected p ≤ .05.
    public enum Aim: Hashable, Sendable {
        /// An error: the Wilson interval holds 5 %.
        case fivePercent
        /// An error: the Wilson interval holds 5 %, or lies below.
        case fivePercentAtMost
        /// Power: at least this share.
        case atLeast(Double)
    }

    /// Where a finding counts.
    public enum Place: Hashable, Sendable {
        case anywhere
        /// Where the effect is zero and out of the reach of a kernel whose peak lies in the blob.
        case farFromBlob
        /// Where the effect is at least half its largest.
        case blob
    }

    /// Short, of letters, digits and hyphens: the name of its file.
    public var name: String
    /// In words.
    public var title: String
    public var design: SimulationDesign
    public var aim = Aim.fivePercent
    public var place = Place.anywhere
    public var contrast = Contrast.oneSample
    /// Nil where the mean is tested.
    public var covariate: Covariate?
    /// mm.
    public var voxelSize = 6.0
    public var replicates = 200
    /// Whether experiments 1 and 2, 3 and 4, … are two contrasts of the same people, whose images correlate by .5.
    public var sharesSamples = false
    /// Whether every second study looked only at the front half of the brain, and says so.
    public var coversHalf = false
    /// Share of the studies that are given as whole maps.
    public var mapShare = 0.0

    public init(name: String, title: String, design: SimulationDesign) {
        self.name = name
        self.title = title
        self.design = design
    }

    /// Which tails are judged: of studies that print increases only, increases; of a covariate, both.
    public var tails: [String] { design.isIncreasesOnly && covariate == nil ? ["+"] : ["+", "-"] }

    /// The cells of the gate, in the order of its table.
    public static let all: [GateCell] = {
        var cells: [GateCell] = []
        func add(_ name: String, _ title: String, _ change: (inout GateCell) -> Void) {
            var design = SimulationDesign()
            design.effect = 0
            design.tau = 0
            design.noiseFWHM = 10
            design.extent = 80
            design.peaksPerCluster = 3
            design.isIncreasesOnly = true
            var cell = GateCell(name: name, title: title, design: design)
            change(&cell)
            cells.append(cell)
        }
        for noise in [8, 10, 12, 14] {
            for extent in [80, 160] {
                add("increases-\(noise)mm-k\(extent)", "increases only, \(noise) mm, k \(extent)") {
                    $0.design.noiseFWHM = Double(noise)
                    $0.design.extent = Double(extent)
                }
            }
        }
        for extent in [0, 80, 640] {
            add("both-k\(extent)", "both signs, k \(extent)") {
                $0.design.isIncreasesOnly = false
                $0.design.extent = Double(extent)
                if extent == 0 { $0.design.peaksPerCluster = 0 }
                if extent == 640 { $0.aim = .fivePercentAtMost }
            }
        }
        for studies in [10, 40, 80] { add("studies-\(studies)", "\(studies) studies") { $0.design.studies = studies } }
        add("signs-0", "all with t") { $0.design.signsOnly = 0 }
        add("signs-1", "signs only") { $0.design.signsOnly = 1 }
        add("unequal", "8 to 60 people") { $0.design.sizes = [8, 20, 12, 60, 16, 30, 45] }
        for extent in [80, 640] {
            add("own-k\(extent)", "effects of their own, k \(extent)") {
                $0.design.extent = Double(extent)
                $0.design.ownEffects = 12
                $0.design.ownEffect = 1
                if extent == 640 { $0.aim = .fivePercentAtMost }
            }
        }
        add("shared", "two experiments a sample") { $0.sharesSamples = true }
        add("half", "half of the studies cover half of the brain, declared") { $0.coversHalf = true }
        add("maps-20", "20 % maps") { $0.mapShare = 0.2 }
        add("maps-50", "50 % maps") { $0.mapShare = 0.5 }
        add("two-groups", "two groups of 20") { $0.contrast = .twoGroups }
        add("correlations", "correlations over 20") { $0.contrast = .correlation }
        add("4mm", "4 mm voxels") { $0.voxelSize = 4 }
        add("2mm", "2 mm voxels") {
            $0.voxelSize = 2
            $0.replicates = 30
        }
        add("far", "far from a blob of d = .7") {
            $0.design.effect = 0.7
            $0.design.tau = 0.1
            $0.place = .farFromBlob
            $0.aim = .fivePercentAtMost
        }
        for studies in [20, 40] {
            add("covariate-\(studies)", "covariate without an effect, a blob of d = .5, \(studies) studies") {
                $0.design.studies = studies
                $0.design.effect = 0.5
                $0.design.tau = 0.1
                $0.covariate = .random
            }
        }
        for (name, covariate) in [("unequal", GateCell.Covariate.random), ("size", .followingSize)] {
            let what = covariate == .random ? "a covariate" : "a covariate correlated with n by .5"
            add("covariate-\(name)", "8 to 60 people, \(what), a blob of d = .5, 40 studies") {
                $0.design.studies = 40
                $0.design.effect = 0.5
                $0.design.tau = 0.1
                $0.design.sizes = [8, 20, 12, 60, 16, 30, 45]
                $0.covariate = covariate
            }
        }
        for studies in [20, 40] {
            add(
                "covariate-nuisance-\(studies)",
                "a covariate correlated by .5 with an adjusted one that effects (d from 0 to 1) depend on, \(studies) studies"
            ) {
                $0.design.studies = studies
                $0.design.effect = 0.5
                $0.design.tau = 0.1
                $0.design.slope = 1
                $0.covariate = .besideNuisance
            }
        }
        // Half of the studies have next to no effect, the others up to twice the mean: .3 a standard deviation of the covariate.
        for (studies, aim) in [(20, 0.5), (40, 0.8)] {
            add("power-covariate-\(studies)", "a blob of d from 0 to 1 along a covariate, \(studies) studies") {
                $0.design.studies = studies
                $0.design.effect = 0.5
                $0.design.tau = 0.1
                $0.design.slope = 1
                $0.covariate = .ofTheEffect
                $0.place = .blob
                $0.aim = .atLeast(aim)
            }
        }
        add("power-d5-k640", "d = .5, both signs, k 640") {
            $0.design.effect = 0.5
            $0.design.tau = 0.1
            $0.design.extent = 640
            $0.design.isIncreasesOnly = false
            $0.place = .blob
            $0.aim = .atLeast(0.5)
        }
        add("power-d5-k80", "d = .5, k 80") {
            $0.design.effect = 0.5
            $0.design.tau = 0.1
            $0.place = .blob
            $0.aim = .atLeast(0.85)
        }
        add("power-own-k640", "d = .7 and effects of their own, k 640") {
            $0.design.effect = 0.7
            $0.design.tau = 0.1
            $0.design.extent = 640
            $0.design.ownEffects = 12
            $0.design.ownEffect = 1
            $0.place = .blob
            $0.aim = .atLeast(0.8)
        }
        return cells
    }()
}
