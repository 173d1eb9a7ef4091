import Imaging
public import Inference
import PrimaryStudy
import Statistics

/// How often a primary study finds something where nothing is: family-wise error of voxel, cluster and TFCE tests on smooth noise.
public struct PrimaryStudyErrors: Sendable {
    public enum Question: String, Sendable, CaseIterable {
        case oneSample, twoSample, regression
    }

    public var question: Question
    public var subjects: Int
    /// Of the noise, in mm.
    public var fwhm: Double
    public var sets: Int
    public var permutations: Int
    public var clusterP: Double
    public var seed: UInt64

    public init(
        _ question: Question, subjects: Int, fwhm: Double, sets: Int = 1000, permutations: Int = 200,
        clusterP: Double = 0.001, seed: UInt64 = 1
    ) {
        self.question = question
        self.subjects = subjects
        self.fwhm = fwhm
        self.sets = sets
        self.permutations = permutations
        self.clusterP = clusterP
        self.seed = seed
    }

    /// Data sets in which the smallest two-sided corrected p was at most .05.
    public struct Found: Sendable {
        public let sets: Int
        public let counts: [NullDistribution.Statistic: Int]

        public func share(_ statistic: NullDistribution.Statistic) -> Double {
            Double(counts[statistic] ?? 0) / Double(sets)
        }
    }

    /// A ball of 1,500 voxels of 5 mm.
    static let mask: Mask? = Grid(shape: [16, 16, 16], affine: Affine(scale: [5, 5, 5], origin: .zero)).map { grid in
        Mask(grid: grid) { index in
            let p = SIMD3<Double>(grid.voxel(atIndex: index)) - 7.5
            return (p * p).sum() < 50.4
        }
    }

    /// Errors are normal, smooth, and of the same spread in all.
    @_optimize(none)
    public func run(workers: Workers) async throws -> Found? {
        guard let mask = Self.mask else { return nil }
        let this = self
        let smoother = MaskSmoother(mask, fwhm: fwhm)
        let table = SharedArray(repeating: SIMD4<Int32>.zero, count: sets)
        let design = try design()
        for set in 0..<sets { table.buffer[set] = .zero }
        // Data sets side by side; each test by itself.
        let inner = Workers(threads: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers.threads {
                group.addTask {
                    for set in stride(from: worker, to: this.sets, by: workers.threads) {
                        table.buffer[set] = try await this.one(set, mask, smoother, design, inner)
                    }
                }
            }
            try await group.waitForAll()
        }
        let sum = table.array.reduce(SIMD4<Int32>.zero, &+)
        return Found(
            sets: sets,
            counts: [.voxel: Int(sum.x), .tfce: Int(sum.y), .size: Int(sum.z), .mass: Int(sum.w)])
    }

    private func design() throws -> StudyDesign {
        let half = (0..<subjects).map { $0 < subjects / 2 }
        let stream = Philox(seed: seed, name: "covariates", purpose: 0)
        func draw(_ place: Int, _ which: UInt32) -> Double {
            Normal.quantile(Philox.uniform(stream([UInt32(place), which, 0, 0]).x))
        }
        switch question {
        case .oneSample: return try .oneSample(count: subjects)
        case .twoSample: return try .twoSample(isFirst: half)
        case .regression:
            return try .regression(
                on: StudyCovariate("score", (0..<subjects).map { draw($0, 0) }),
                covariates: [StudyCovariate("age", (0..<subjects).map { draw($0, 1) })])
        }
    }

    @_optimize(none)
    private func one(
        _ set: Int, _ mask: Mask, _ smoother: MaskSmoother, _ design: StudyDesign, _ workers: Workers
    ) async throws -> SIMD4<Int32> {
        let stream = Philox(seed: seed, name: "noise \(question.rawValue) \(subjects) \(fwhm)", purpose: 1)
        var rows: [[Float]] = []
        for subject in 0..<subjects {
            var noise: [Float] = []
            noise.reserveCapacity(mask.count + 3)
            for block in 0..<(mask.count + 3) / 4 {
                let words = stream([UInt32(set), UInt32(subject), UInt32(block), 0])
                for lane in 0..<4 { noise.append(Float(Normal.quantile(Philox.uniform(words[lane])))) }
            }
            noise.removeLast(noise.count - mask.count)
            rows.append(smoother.smooth(noise))
        }
        let images = try StudyImages(mask: mask, rows: rows, subjects: (0..<subjects).map { "s\($0)" })
        let options = StudyTest.Options(
            permutations: permutations, seed: seed &+ UInt64(set), clusterP: clusterP)
        let found = try await StudyTest(images: images, design: design, options: options).run(workers: workers)
        var result = SIMD4<Int32>.zero
        for (place, statistic) in [NullDistribution.Statistic.voxel, .tfce, .size, .mass].enumerated() {
            let data = found.null.maxima[0]
            let value = max(data.value(statistic, .positive), data.value(statistic, .negative))
            if value > 0, found.correction(statistic, .both)(value) <= 0.05 { result[place] = 1 }
        }
        return result
    }
}
