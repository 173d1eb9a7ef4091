public import Evidence

/// What methods may take of memory.
public struct MemoryAllowance: Hashable, Sendable {
    /// `--memory`, bytes.
    public var limit: Int
    /// What the machine has left, bytes; nil where it does not tell.
    public var available: Int?
    public var threads: Int

    public init(limit: Int, available: Int?, threads: Int) {
        self.limit = limit
        self.available = available
        self.threads = threads
    }
}

/// About what a method other than effect sizes takes of memory, before it is run: the arrays that grow with voxels, experiments, foci and
/// threads. An upper bound more than a forecast: pages that are never touched take nothing.
struct MethodMemory {
    let experiments: [Experiment]
    let settings: Settings
    let threads: Int

    /// mm³ of the brain mask and of the box of its image, 91 × 109 × 91 voxels of 2 mm.
    private static let brain = 1.9e6
    private static let box = 7.3e6
    /// mm² of a plane of that box.
    private static let plane = 4.0e4
    /// Program and templates.
    private static let program = 150e6

    private var voxels: Double { Self.brain / volume }
    private var grid: Double { Self.box / volume }
    private var volume: Double { settings.voxelSize * settings.voxelSize * settings.voxelSize }
    private var foci: Double { Double(experiments.reduce(0) { $0 + $1.foci.count }) }
    private var count: Double { Double(experiments.count) }

    /// Bytes.
    func bytes(_ method: AnalysisMethod) -> Int {
        let own: Double
        switch method.family {
        case .effects:
            // Bounds of every experiment, their images in the permutation test's smallest plan, and maps.
            own = voxels * (8 * count + 300)
        case .foci: own = convergence
        case .groups: own = convergence + contrast(method)
        case .images: own = images(method)
        }
        return Int(Self.program + own)
    }

    /// Maps of one group, and what each thread paints into: levels and sums of the grid, scratch of clusters and TFCE.
    private var convergence: Double {
        let maps = 24.0 * 4 * voxels
        let scratch = Double(threads) * (12 * grid + 60 * voxels)
        // Names, coordinates, voxels and random places of foci; tallies of experiments.
        return maps + scratch + foci * (200 + 40 * Double(threads)) + 2000 * count
    }

    private func contrast(_ method: AnalysisMethod) -> Double {
        switch method {
        case .mkdaChi2:
            // Voxels near every focus, twice: as painted and as numbered.
            let sphere = 4.19 * settings.sphereRadius * settings.sphereRadius * settings.sphereRadius / volume
            return foci * min(sphere, voxels) * 8
        case .aleConjunction: return convergence
        default:
            // One plane of all experiments per thread; permuted values above the threshold.
            let plane = Self.plane / (settings.voxelSize * settings.voxelSize)
            let kept = Double(settings.fociIterations) * voxels * 2 * settings.clusterFormingP * 8
            return Double(threads) * plane * count * 8 + kept
        }
    }

    /// Effect, variance, t and z of every image, one more while they are read, and the maps that are made.
    private func images(_ method: AnalysisMethod) -> Double {
        let stack = 5 * 4 * voxels * Double(experiments.count { $0.hasMap })
        // Eight permuted maps per thread, and the scratch of clusters and TFCE.
        let permuted = method == .permutedOLS ? Double(threads) * voxels * (8 * 4 + 60) : 0
        return stack + permuted + 24 * 4 * voxels
    }
}

extension OtherMethods {
    /// Why a method that fits the model does not fit the memory; nil where it does, or nobody said what there is.
    func shortage(_ method: AnalysisMethod) -> String? {
        guard let allowance else { return nil }
        let bytes = memory(method)
        let words = "\(method.title) takes up to about \(bytes >> 20) MiB of memory"
        let remedy = "use fewer --threads or a larger voxel_size"
        if let available = allowance.available, bytes > available {
            return "\(words), and this machine has \(available >> 20) MiB left: \(remedy), or end other programs."
        }
        guard bytes > allowance.limit else { return nil }
        return "\(words), and --memory allows \(allowance.limit >> 20): raise it, or \(remedy)."
    }

    /// Bytes that a method takes, about.
    public func memory(_ method: AnalysisMethod) -> Int {
        MethodMemory(experiments: experiments, settings: settings, threads: allowance?.threads ?? 1).bytes(method)
    }
}
