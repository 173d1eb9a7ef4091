import Evidence
public import Imaging
public import Inference
public import Statistics

/// The agreement test: do effects agree in place and sign more than the same peaks placed at random?
///
/// Its null hypothesis: given how many peaks each sample printed, how high and of which sign, their places are unrelated
/// between samples. Every relocation moves all samples' peaks (``Relocation``), makes the map of ``AgreementStatistic`` and keeps
/// its largest values, by voxel, TFCE, cluster size and mass, both tails. Row 0 is what was observed. A corrected p says nothing
/// about whether the effect differs from zero in any study.
///
///     let test = try await AgreementTest(
///         studies, space: space, fwhm: 20, anisotropy: 1, options: .init(leaveOut: 3), statistics: statistics, seed: 1,
///         workers: workers)
///     let observed = test.observed()
///     let rows = try await test.maxima(0..<1000)         // any parts of it, in any order, on any machine
///     let result = FamilyWiseResult(
///         observed: observed.z, null: NullDistribution(rows.map(\.plain)), statistics: statistics, isExhaustive: false,
///         isTwoTailed: false, instructions: .best)
///
/// Memory: the kernels (``KernelLibrary/bytes``), the banks of ``MapSurrogates`` where more than a quarter of the samples are
/// maps, and for every worker about 40 bytes a mask voxel and 8 bytes for every
/// experiment and voxel of which enough samples tell. Results do not depend on threads, parts or instructions.
public struct AgreementTest: Sendable {
    /// The largest values of a relocation.
    public struct Row: Hashable, Sendable {
        public var plain: NullDistribution.Maxima
        /// Of the standardised map; nil without ``Standardisation``.
        public var standardised: NullDistribution.Maxima?
    }

    /// The map of what was observed.
    public struct Observed: Sendable {
        /// The statistic, one value per mask voxel; 0 where too few samples tell of the voxel.
        public var z: [Float]
        /// The most likely mean (g) where z∞ was computed, NaN elsewhere.
        public var mean: [Float]
        /// Samples that tell of each voxel.
        public var telling: [Int32]
        /// ``z`` in units of its own variation over relocations; empty without ``Standardisation``.
        public var standardised: [Float]
    }

    /// How many places have kernels made where nothing else is said: all of the mask's voxels at 4 mm and more would be more
    /// than enough; at 2 mm these take 140 MB, and the largest statistics of relocations are those of peaks placed anywhere
    /// (50 studies, 600 peaks, 300 relocations: mean largest z 8.98 ± .04, with twice as many 8.98 ± .03, of 40 sets of peaks
    /// placed in any voxel 8.92 ± .07; with 2,048 places 9.25 ± .03).
    public static let defaultStartPoints = 8_192

    public private(set) var relocation: Relocation
    public let statistic: AgreementStatistic
    public let statistics: MaximumStatistics
    public let mask: Mask
    /// What whole-brain maps become in relocations; empty where they stay as they are.
    package let surrogates: MapSurrogates
    /// What maps are standardised by, if they are.
    public private(set) var standardisation: Standardisation?
    let workers: Workers
    let progress: any ProgressObserver

    /// Makes the kernels. A model's experiments each by themselves.
    /// - Throws: `CancellationError`.
    public init(
        _ studies: [AgreementStudy], space: AnalysisSpace, fwhm: Double, anisotropy: Double,
        options: AgreementStatistic.Options, places: any RelocationPlaces = UniformPlaces(),
        startPoints: Int = AgreementTest.defaultStartPoints, statistics: MaximumStatistics, seed: UInt64,
        instructions: VectorInstructions = .best, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws {
        try await self.init(
            studies, rows: nil, space: space, fwhm: fwhm, anisotropy: anisotropy, options: options, places: places,
            startPoints: startPoints, statistics: statistics, seed: seed, instructions: instructions, workers: workers,
            progress: progress)
    }

    /// - Parameters:
    ///   - studies: experiments of one sample that are combined stand together.
    ///   - rows: which of them are combined.
    ///   - fwhm: of the kernels, mm.
    ///   - anisotropy: 0 to 1.
    ///   - places: where relocated peaks go.
    ///   - startPoints: most places in the mask that kernels are made for.
    ///   - seed: of the relocations.
    ///   - store: of kernels that other models may share.
    package init(
        _ studies: [AgreementStudy], rows: SampleRows?, space: AnalysisSpace, fwhm: Double, anisotropy: Double,
        options: AgreementStatistic.Options, places: any RelocationPlaces, startPoints: Int,
        statistics: MaximumStatistics, seed: UInt64, instructions: VectorInstructions, workers: Workers,
        progress: any ProgressObserver, store: KernelStore? = nil
    ) async throws {
        let kernel = PeakKernel(graph: KernelGraph(template: space.template, fwhm: fwhm), anisotropy: anisotropy)
        let relocation = Relocation(
            studies, space: space, kernel: kernel, places: places, startPoints: startPoints, seed: seed)
        let library: KernelLibrary
        if let store {
            library = try await store.library(
                of: relocation.start, and: Array(relocation.kernelVoxels.dropFirst(relocation.start.voxels.count)),
                kernel: kernel, mask: space.mask, workers: workers, progress: progress)
        } else {
            library = try await KernelLibrary(
                voxels: relocation.kernelVoxels, kernel: kernel, mask: space.mask, workers: workers, progress: progress)
        }
        let samples = Set(studies.map(\.sample)).count
        let mapped = Set(studies.filter { $0.map != nil }.map(\.sample)).count
        let areMany = Double(mapped) > MapSurrogates.inPlaceShare * Double(samples)
        surrogates = try await MapSurrogates(
            areMany ? studies : [], mask: space.mask, seed: seed, workers: workers)
        self.relocation = relocation
        statistic = AgreementStatistic(
            studies, rows: rows, library: library, voxelCount: space.mask.count, options: options,
            instructions: instructions)
        self.statistics = statistics
        mask = space.mask
        self.workers = workers
        self.progress = progress
    }

    /// As ``write(to:)`` left it, of the same studies.
    init(
        _ studies: [AgreementStudy], rows: SampleRows?, space: AnalysisSpace, options: AgreementStatistic.Options,
        statistics: MaximumStatistics, seed: UInt64, instructions: VectorInstructions, workers: Workers,
        progress: any ProgressObserver, from numbers: MappedSections
    ) throws(InputError) {
        relocation = try Relocation(studies, space: space, seed: seed, from: numbers)
        surrogates = try MapSurrogates(studies, seed: seed, from: numbers)
        statistic = AgreementStatistic(
            studies, rows: rows, library: try KernelLibrary(from: numbers), voxelCount: space.mask.count,
            options: options, instructions: instructions)
        self.statistics = statistics
        mask = space.mask
        self.workers = workers
        self.progress = progress
    }

    /// What takes long to make, under its names in a prepared file.
    func write(to numbers: inout NumberSections) {
        relocation.write(to: &numbers)
        surrogates.write(to: &numbers)
        statistic.library.write(to: &numbers)
    }

    /// Memory of the kernels, bytes.
    public var kernelBytes: Int { statistic.library.bytes }

    /// The observed map.
    public func observed() -> Observed {
        let scratch = statistic.makeScratch()
        statistic.map(relocation.kernels(0), keepsMean: true, scratch: scratch)
        return Observed(
            z: scratch.z, mean: scratch.mean,
            telling: Array(UnsafeBufferPointer(start: scratch.telling, count: mask.count)),
            standardised: standardisation?(scratch.z) ?? [])
    }

    /// The statistic's map of a relocation; 0 is what was observed.
    public func map(_ number: Int) -> [Float] {
        let scratch = statistic.makeScratch()
        fill(scratch, relocation: number)
        return scratch.z
    }

    private func fill(_ scratch: AgreementStatistic.Scratch, relocation number: Int) {
        let maps = number == 0 || surrogates.isEmpty ? nil : surrogates.maps(number)
        statistic.map(relocation.kernels(number), maps: maps, scratch: scratch)
    }

    /// The largest values of relocations, in their order; 0 is what was observed.
    ///
    /// Each row depends on its number alone: rows of any parts of a range, put together, are those of the whole. Progress is told of
    /// every relocation; the stage is the caller's.
    /// - Throws: `CancellationError`.
    public func maxima(_ range: Range<Int>) async throws -> [Row] {
        let slots = Slots<Row>(count: range.count)
        let pieces = min(workers.threads, range.count)
        try await workers.forEach(pieces) { piece in
            try fill(stride(from: piece, to: range.count, by: pieces), of: range, into: slots)
        }
        return slots.all
    }

    private func fill(_ indices: StrideTo<Int>, of range: Range<Int>, into slots: Slots<Row>) throws {
        let scratch = statistic.makeScratch()
        var clusters = MaximumStatistics.Scratch()
        for index in indices {
            try Task.checkCancellation()
            fill(scratch, relocation: range.lowerBound + index)
            let plain = statistics(scratch.z, scratch: &clusters)
            let standardised = standardisation.map { statistics($0(scratch.z), scratch: &clusters) }
            slots[index] = Row(plain: plain, standardised: standardised)
            progress.advanced(by: 1)
        }
    }

    /// The same test with peaks that go to other places, not standardised; the kernels are shared.
    public func relocating(to places: any RelocationPlaces) -> AgreementTest {
        var result = self
        result.relocation = relocation.going(to: places)
        result.standardisation = nil
        return result
    }

    /// How many relocations a voxel's usual values are taken from.
    public static let standardisingRelocations = 200

    /// The same test with maps standardised by what was found before.
    func standardised(by known: Standardisation) -> AgreementTest {
        var result = self
        result.standardisation = known
        return result
    }

    /// The same test with standardised maps beside the plain ones. Progress is told of every relocation.
    ///
    /// - Parameter relocations: drawn for this alone, apart from those of the test (their numbers count from 2³¹), so that every
    ///   part of a test finds the same, wherever it runs.
    public func standardised(
        relocations: Int = AgreementTest.standardisingRelocations
    ) async throws -> AgreementTest {
        var result = self
        let block = 16
        let blocks = (relocations + block - 1) / block
        let parts = Slots<Standardisation.Sums>(count: blocks)
        try await workers.forEach(blocks) { piece in
            let scratch = statistic.makeScratch()
            var sums = Standardisation.Sums(voxels: mask.count)
            for number in piece * block..<min((piece + 1) * block, relocations) {
                try Task.checkCancellation()
                fill(scratch, relocation: (1 << 31) + number)
                sums.add(scratch.z)
                progress.advanced(by: 1)
            }
            parts[piece] = sums
        }
        result.standardisation = Standardisation(parts.all, voxels: mask.count)
        return result
    }
}
