import Evidence
public import Imaging
public import Inference
public import Statistics
import VoxelKernels

/// SDM-PSI's permutation test: subject images are imputed, permuted and pooled again, and the largest statistics of every
/// permuted meta-analysis make the null distribution.
///
/// Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077. What a permutation does to an experiment's subjects
/// enters its effect only through two numbers per voxel, the mean of the permuted noise and what is left of a constant
/// effect; the subject-level sums are therefore made once per permutation, not once per imputation. Work runs over tiles
/// of voxels; z maps of one batch of permutations are all that is stored of them.
public struct SubjectPermutationTest: Sendable {
    public let mask: Mask
    public let studies: [ImputedStudy]
    public let scheme: PermutationScheme
    /// Which studies are combined.
    let rows: SampleRows
    public let imputations: Int
    public let estimator: RandomEffects.Estimator
    /// Take the permuted samples' variance as 1 (`compat=sdm621`).
    public let unitVariance: Bool
    public let statistics: MaximumStatistics
    public let instructions: VectorInstructions
    let sampler: any StudyImageSampler
    let noise: SubjectNoise
    /// The design of a model with covariates; nil for the mean of all studies.
    let design: RegressionDesign?
    /// Where the hypothesis leaves a mean to the studies, these are permuted and not their subjects (Freedman–Lane).
    let studyPermutations: StudyPermutations?
    let workers: Workers
    let progress: any ProgressObserver

    /// - Parameter rows: of studies that share a sample; each on its own where nil.
    package init(
        studies: [ImputedStudy], scheme: PermutationScheme, rows: SampleRows?, imputations: Int,
        estimator: RandomEffects.Estimator,
        unitVariance: Bool, statistics: MaximumStatistics, sampler: any StudyImageSampler, noise: SubjectNoise,
        instructions: VectorInstructions, workers: Workers, progress: any ProgressObserver
    ) {
        self.init(
            studies: studies, scheme: scheme, rows: rows, design: nil, studyPermutations: nil,
            imputations: imputations, estimator: estimator, unitVariance: unitVariance, statistics: statistics,
            sampler: sampler, noise: noise, instructions: instructions, workers: workers, progress: progress)
    }

    package init(
        studies: [ImputedStudy], scheme: PermutationScheme, rows: SampleRows?, design: RegressionDesign?,
        studyPermutations: StudyPermutations?, imputations: Int, estimator: RandomEffects.Estimator,
        unitVariance: Bool, statistics: MaximumStatistics, sampler: any StudyImageSampler, noise: SubjectNoise,
        instructions: VectorInstructions, workers: Workers, progress: any ProgressObserver
    ) {
        mask = noise.mask
        self.studies = studies
        self.scheme = scheme
        self.design = design
        self.studyPermutations = studyPermutations
        self.rows = rows ?? SampleRows(samples: studies.map(\.sample), rule: .separate, correlation: 0)
        self.imputations = imputations
        self.estimator = estimator
        self.unitVariance = unitVariance
        self.statistics = statistics
        self.sampler = sampler
        self.noise = noise
        self.instructions = instructions
        self.workers = workers
        self.progress = progress
    }

    /// Every study on its own.
    public init(
        studies: [ImputedStudy], scheme: PermutationScheme, imputations: Int, estimator: RandomEffects.Estimator,
        unitVariance: Bool, statistics: MaximumStatistics, sampler: any StudyImageSampler, noise: SubjectNoise,
        instructions: VectorInstructions, workers: Workers, progress: any ProgressObserver
    ) {
        self.init(
            studies: studies, scheme: scheme, rows: nil, imputations: imputations, estimator: estimator,
            unitVariance: unitVariance, statistics: statistics, sampler: sampler, noise: noise,
            instructions: instructions, workers: workers, progress: progress)
    }

    /// How the work is cut to fit a memory limit. Results do not depend on it.
    public struct MemoryPlan: Hashable, Sendable {
        /// Whether noise and imputations are kept, or drawn anew for every batch of permutations.
        public var keepsDraws: Bool
        /// Permutations whose z maps are held at once.
        public var batch: Int
        /// What the test will take, bytes.
        public var bytes: Int
    }

    /// Permutations in the test, the identity included.
    public var count: Int { studyPermutations?.count ?? scheme.count }
    /// Whether these are all there are.
    public var isExhaustive: Bool { studyPermutations?.isExhaustive ?? scheme.isExhaustive }

    /// Subjects per study whose noise is drawn; none when studies are permuted.
    private var drawnSubjects: [Int] {
        studies.indices.map { studyPermutations == nil ? scheme.experiments[$0].n : 0 }
    }
    private var subjects: Int { drawnSubjects.reduce(0, +) }
    private var tiles: Int { (mask.count + Self.tile - 1) / Self.tile }
    private var slab: Int { Self.slab(reach: noise.reach) }
    static let tile = Int(CUNEUS_TILE)

    /// Voxels drawn together: whole tiles, and at least as many as noise reaches back.
    static func slab(reach: Int) -> Int { (max(4096, reach) + tile - 1) / tile * tile }

    /// - Parameter limit: bytes the test may take.
    /// - Returns: nil when even the smallest cut does not fit.
    public func memoryPlan(limit: Int) -> MemoryPlan? {
        MemoryPlan(
            limit: limit,
            Size(
                voxels: mask.count, reach: noise.reach, studies: studies.count, subjects: subjects,
                imputations: imputations, permutations: count, threads: workers.threads))
    }

    /// Draws kept between batches. One batch at a time may use them.
    public final class Draws: @unchecked Sendable {
        fileprivate let isKept: Bool
        fileprivate let slab: Int
        /// A study's noise, [voxel][subject]; in a kept store all voxels, else two slabs.
        fileprivate var noise: [UnsafeMutablePointer<Float>] = []
        /// [tile][imputation][study][voxel of the tile]
        let effects: UnsafeMutablePointer<Float>
        /// Whether all of a kept store is drawn.
        fileprivate var isDrawn = false

        fileprivate init(isKept: Bool, slab: Int, voxels: Int, subjects: [Int], imputations: Int) {
            self.isKept = isKept
            self.slab = slab
            let span = isKept ? voxels : 2 * slab
            for n in subjects {
                let values = UnsafeMutablePointer<Float>.allocate(capacity: span * n)
                values.initialize(repeating: 0, count: span * n)
                noise.append(values)
            }
            let room = (isKept ? voxels : slab) * subjects.count * imputations
            effects = .allocate(capacity: room)
            effects.initialize(repeating: 0, count: room)
        }

        deinit {
            for values in noise { values.deallocate() }
            effects.deallocate()
        }

        /// First voxel of the noise memory while slab `index` is current.
        fileprivate func noiseBase(_ index: Int) -> Int { isKept ? 0 : (index - 1) * slab }
        func effectsBase(_ index: Int) -> Int { isKept ? 0 : index * slab }
    }

    public func makeDraws(_ plan: MemoryPlan) -> Draws {
        Draws(
            isKept: plan.keepsDraws, slab: slab, voxels: tiles * Self.tile, subjects: drawnSubjects,
            imputations: imputations)
    }

    /// Units of progress a batch takes.
    public var unitsPerBatch: Int { tiles }

    /// z maps of consecutive permutations, one per permutation, at the mask's voxels.
    public func zMaps(_ permutations: Range<Int>, draws: Draws) async throws -> [[Float]] {
        let width = tiles * Self.tile
        let maps = SharedArray<Float>(repeating: .nan, count: width * permutations.count)
        let coded = studyPermutations == nil ? codes(permutations) : Codes(weights: [], slopes: [], count: 0)
        let orders = studyPermutations.map { studies in permutations.map { studies.order($0) } }
        for index in 0..<slabs {
            try await draw(slab: index, into: draws)
            let firstTile = index * slab / Self.tile
            let count = min(slab / Self.tile, tiles - firstTile)
            try await workers.forEach(count) { offset in
                let place = TilePlace(tile: firstTile + offset, slab: index)
                if let orders {
                    poolStudies(place, draws: draws, orders: orders, into: maps.buffer, width: width)
                } else {
                    pool(place, draws: draws, codes: coded, into: maps.buffer, width: width)
                }
                progress.advanced(by: 1)
            }
        }
        return permutations.indices.map { index in
            let start = (index - permutations.lowerBound) * width
            return Array(maps.buffer[start..<start + mask.count])
        }
    }

    /// The maxima of consecutive permutations.
    public func maxima(_ permutations: Range<Int>, draws: Draws) async throws -> [NullDistribution.Maxima] {
        let maps = try await zMaps(permutations, draws: draws)
        let results = Slots<NullDistribution.Maxima>(count: maps.count)
        try await workers.forEach(workers.threads) { worker in
            var scratch = MaximumStatistics.Scratch()
            for index in stride(from: worker, to: maps.count, by: workers.threads) {
                try Task.checkCancellation()
                results[index] = statistics(maps[index], scratch: &scratch)
            }
        }
        return results.all
    }

    /// The subjects' weights of a batch of permutations.
    private struct Codes: Sendable {
        /// Per study: [permutation][subject]
        var weights: [[Float]]
        /// [permutation][study]
        var slopes: [Float]
        var count: Int
    }

    private func codes(_ permutations: Range<Int>) -> Codes {
        var codes = Codes(weights: [], slopes: [], count: permutations.count)
        codes.slopes = Array(repeating: 0, count: permutations.count * studies.count)
        for study in studies.indices {
            var rows: [Float] = []
            for (row, permutation) in permutations.enumerated() {
                let weights = scheme.weights(experiment: study, permutation: permutation)
                rows += weights.subjects
                codes.slopes[row * studies.count + study] = weights.slope
            }
            codes.weights.append(rows)
        }
        return codes
    }

    /// Makes sure that a slab's noise and imputed effects are drawn. Slabs come in order; draws that are kept are made all at once.
    private func draw(slab index: Int, into draws: Draws) async throws {
        if draws.isKept, draws.isDrawn { return }
        if !draws.isKept, studyPermutations == nil {
            for (study, experiment) in scheme.experiments.enumerated() where index > 0 {
                draws.noise[study].update(from: draws.noise[study] + slab * experiment.n, count: slab * experiment.n)
            }
        }
        let wanted = draws.isKept ? 0..<slabs : index..<index + 1
        let isNoisy = studyPermutations == nil
        let orders = isNoisy ? wanted.map { noise.order(of: voxels(ofSlab: $0)) } : []
        let batches = (imputations + 15) / 16
        let pieces = studies.count * (1 + batches)
        try await workers.forEach(pieces) { piece in
            let study = piece % studies.count
            if piece < studies.count {
                for order in orders { drawNoise(study, order, draws: draws) }
            } else {
                drawEffects(study, slabs: wanted, batch: piece / studies.count - 1, draws: draws)
            }
        }
        draws.isDrawn = true
    }

    private var slabs: Int { (mask.count + slab - 1) / slab }

    private func voxels(ofSlab index: Int) -> Range<Int> { index * slab..<min((index + 1) * slab, mask.count) }

    private func drawNoise(_ study: Int, _ order: SubjectNoise.Order, draws: Draws) {
        let experiment = scheme.experiments[study]
        let stream = studies[study].noiseStream
        // Permuted together, the experiments of a sample must differ from each other as much as their mean's variance says.
        let isPermutedWithOthers = scheme.experiments.count { $0.id == experiment.id } > 1
        let common =
            isPermutedWithOthers ? (stream: studies[study].sampleNoiseStream, correlation: rows.correlation) : nil
        for (group, size, start) in [(0, experiment.n1, 0), (1, experiment.n2, experiment.n1)] where size > 0 {
            noise.draw(
                order, stream: stream, group: group, subjects: size, common: common,
                predictor: scheme.predictor(experiment: study), values: draws.noise[study] + start,
                base: draws.noiseBase(order.voxels.lowerBound / slab), stride: experiment.n, instructions: instructions)
        }
    }

    private func drawEffects(_ study: Int, slabs: Range<Int>, batch: Int, draws: Draws) {
        let lanes = min(16, imputations - batch * 16)
        var scratch = SamplerScratch()
        let images = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: slab)
        defer { images.deallocate() }
        let scale = studies[study].scale
        let perG = Float(1 / scale.correction)
        let tile = Self.tile
        let rowSize = studies.count * tile
        for index in slabs {
            let voxels = self.voxels(ofSlab: index)
            sampler.draw(studies[study], voxels: voxels, batch: batch, lanes: lanes, into: images, scratch: &scratch)
            let values = UnsafeMutableRawPointer(images).assumingMemoryBound(to: Float.self)
            for first in stride(from: voxels.lowerBound, to: voxels.upperBound, by: tile) {
                let block = (first - draws.effectsBase(index)) / tile * imputations + batch * 16
                let rows = draws.effects + (block * rowSize + study * tile)
                let image = values + (first - voxels.lowerBound) * 16
                let size = min(tile, voxels.upperBound - first)
                for lane in 0..<lanes {
                    for voxel in 0..<size {
                        let g = image[voxel * 16 + lane]
                        let d = scale.isCorrelation ? Float(scale.standardised(fromG: Double(g))) : g * perG
                        rows[lane * rowSize + voxel] = d.isNaN ? 0 : d
                    }
                }
            }
        }
    }

    /// z of all permutations of a batch at the voxels of a tile.
    private func pool(
        _ place: TilePlace, draws: Draws, codes: Codes, into maps: UnsafeMutableBufferPointer<Float>, width: Int
    ) {
        let tile = Self.tile
        let (index, slabIndex) = (place.tile, place.slab)
        let first = index * tile
        let size = min(tile, mask.count - first)
        let most = scheme.experiments.map(\.n).max() ?? 0
        let rowSize = studies.count * tile
        let room = cuneus_pooling_scratch(Int32(studies.count))
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 4 * (most * tile + codes.count * rowSize + rowSize + room + tile), alignment: 64)
        defer { memory.deallocate() }
        let scratch = memory.assumingMemoryBound(to: Float.self)
        let subjects = scratch + room
        let means = subjects + most * tile
        let present = means + codes.count * rowSize
        let z = present + rowSize

        for (study, experiment) in scheme.experiments.enumerated() {
            let n = experiment.n
            let values = draws.noise[study] + (first - draws.noiseBase(slabIndex)) * n
            for voxel in 0..<tile {
                for subject in 0..<n {
                    subjects[subject * tile + voxel] = voxel < size ? values[voxel * n + subject] : 0
                }
            }
            codes.weights[study].withUnsafeBufferPointer { weights in
                cuneus_permuted_means(
                    instructions.code, subjects, Int32(n), weights.baseAddress!, Int32(codes.count),
                    means + study * tile, rowSize)
            }
        }
        let isComplete = fill(present, tile: index)
        var pooling = cuneus_pooling(
            experiments: Int32(studies.count), imputations: Int32(imputations), unit_variance: unitVariance,
            reml: estimator == .reml, sample_correlation: Float(rows.correlation))
        let experiments = kernelExperiments
        let effects = effects(place, draws)
        let kernel = design.map {
            RegressionKernel(
                $0, experiments: studies.count, correlation: rows.correlation, imputations: imputations,
                unitVariance: unitVariance)
        }
        codes.slopes.withUnsafeBufferPointer { slopes in
            for row in 0..<codes.count {
                let means = means + row * rowSize
                let slopes = slopes.baseAddress! + row * studies.count
                if let kernel {
                    var data = cuneus_regression_data()
                    data.means = UnsafePointer(means)
                    data.slopes = slopes
                    data.effects = UnsafePointer(effects)
                    data.present = isComplete ? nil : UnsafePointer(present)
                    kernel(instructions, experiments, data, scratch: scratch, into: z)
                } else {
                    cuneus_pooled_z(
                        instructions.code, &pooling, experiments, means, slopes, effects,
                        isComplete ? nil : present, scratch, z)
                }
                for voxel in 0..<size { maps[row * width + first + voxel] = z[voxel] }
            }
        }
    }

    /// Where a tile is, and the slab of draws it belongs to.
    struct TilePlace {
        var tile: Int
        var slab: Int
    }

    /// What the kernels need to know of the experiments.
    var kernelExperiments: [cuneus_experiment] {
        studies.indices.map { cuneus_experiment(studies[$0].scale, joinsNext: rows.joinsNext($0)) }
    }

    /// Says which studies have a value at a tile's voxels: [study][voxel], 1 or 0.
    /// - Returns: whether all have.
    func fill(_ present: UnsafeMutablePointer<Float>, tile index: Int) -> Bool {
        let tile = Self.tile
        let first = index * tile
        let size = min(tile, mask.count - first)
        var isComplete = true
        for study in studies.indices {
            for voxel in 0..<tile {
                let isHere = voxel >= size || !studies[study].bounds.lower[first + voxel].isNaN
                present[study * tile + voxel] = isHere ? 1 : 0
                isComplete = isComplete && isHere
            }
        }
        return isComplete
    }

    /// Imputed effects d of a tile: [imputation][study][voxel].
    func effects(_ place: TilePlace, _ draws: Draws) -> UnsafeMutablePointer<Float> {
        let tile = Self.tile
        return draws.effects
            + (place.tile * tile - draws.effectsBase(place.slab)) / tile * (imputations * studies.count * tile)
    }
}
