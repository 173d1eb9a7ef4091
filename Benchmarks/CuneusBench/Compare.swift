import ArgumentParser
import Cuneus
import Foundation

/// How much of what whole images say is recovered from their peaks: ten pain studies, pooled both ways.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Image-based g and z of ten pain studies beside SDM, ALE and MKDA from the same studies' peaks.",
        discussion: "Reads data/pain21 of the reference shelf (NeuroVault collection 1425).")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "One-sided p of the threshold SDM is told the peaks were above.")
    var thresholdP = 0.001

    func run() async throws {
        guard let shelf = Shelf(shelf), FileManager.default.fileExists(atPath: shelf.path + "/data/pain21") else {
            print("compare: skipped, no reference shelf (data/pain21) at ../shared or $CUNEUS_SHELF")
            return
        }
        let workers = Workers(threads: threads)
        let settings = Settings.sdmPSI
        let space = try AnalysisSpace(settings: settings)
        let studies = try PainStudies(shelf.path + "/data/pain21", mask: space.mask)
        let stack = studies.stack
        // Where all ten have a value: elsewhere the two ways would not speak of the same studies.
        let everywhere = (0..<space.mask.count).filter { voxel in studies.effects.allSatisfy { !$0[voxel].isNaN } }
        print(
            "\(stack.studies.count) studies, \(studies.peaks.reduce(0) { $0 + $1.count }) peaks; \(everywhere.count) of \(space.mask.count) grey-matter voxels have all images"
        )
        let images = try await PooledImages(.reml, includesHeterogeneity: true).run(stack, workers: workers)
        guard let g = images[.est], let z = images[.z] else { return }
        let truth = (g: everywhere.map { g[$0] }, z: everywhere.map { z[$0] })

        var rows: [(title: String, map: [Float])] = []
        for (title, heights) in [("signs", false), ("t at peaks", true)] {
            let experiments = studies.experiments(withHeights: heights, thresholdP: thresholdP)
            let result = try await SeedBasedAnalysis(space: space, settings: settings, workers: workers)
                .run(.mean, experiments: experiments)
            rows.append(("SDM g (\(title))", result.maps.g))
            rows.append(("SDM z (\(title))", result.maps.z))
        }
        let brain = try ConvergenceSpace.standard()
        let methods: [(String, any CoordinateMethod)] = [
            ("ALE", ActivationLikelihoodEstimation()), ("MKDA", MKDADensity()),
        ]
        for (name, method) in methods {
            let result = try await method.run(studies.foci, in: brain, workers: workers)
            for (label, value) in [("statistic", MapName.Value.stat), ("z", .z)] {
                guard let volume = result.maps.volume(MapName(value)) else { continue }
                rows.append(("\(name) \(label)", space.mask.gather(volume)))
            }
        }
        print("from peaks           r with g  r with z  rank r with g  top tenth shared  RMSE of g")
        for (title, map) in rows {
            let ours = everywhere.map { map[$0] }
            let isEffect = title.hasPrefix("SDM g")
            let agreement = Agreement(ours, truth.g)
            print(
                title.padding(toLength: 21, withPad: " ", startingAt: 0)
                    + cell(agreement.correlation, 8) + cell(Agreement(ours, truth.z).correlation, 10)
                    + cell(Agreement(ranks(ours), ranks(truth.g)).correlation, 15)
                    + cell(shared(ours, truth.g), 18) + (isEffect ? cell(agreement.rmse, 11) : ""))
        }
        let mean = truth.g.reduce(0) { $0 + Double($1) } / Double(truth.g.count)
        print(
            "images: mean g \(fixed(mean, 3)), largest \(fixed(Double(truth.g.max() ?? 0), 2)); 0.10 of the top tenth are shared by chance"
        )
    }

    private func cell(_ value: Double, _ width: Int) -> String {
        let text = fixed(value, 3)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Ranks, those of equal values averaged.
    private func ranks(_ values: [Float]) -> [Float] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Float](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Float(start + end) / 2 }
            start = end + 1
        }
        return ranks
    }

    /// Share of the truth's highest tenth of voxels that is in the other map's.
    private func shared(_ values: [Float], _ truth: [Float]) -> Double {
        let count = values.count / 10
        func top(_ values: [Float]) -> Set<Int> {
            Set(values.indices.sorted { (values[$0], $1) > (values[$1], $0) }.prefix(count))
        }
        return Double(top(values).intersection(top(truth)).count) / Double(count)
    }
}

/// The ten studies of data/pain21 whose images are on the shelf.
struct PainStudies {
    var stack: ImageStack
    /// Hedges' g by study.
    var effects: [[Float]] = []
    var names: [String] = []
    var sizes: [Int] = []
    var t: [Volume] = []
    /// MNI mm, as published.
    var peaks: [[SIMD3<Double>]] = []

    init(_ folder: String, mask: Mask) throws {
        struct Study: Decodable {
            var contrasts: [String: Contrast]
            struct Contrast: Decodable {
                var coords: Coordinates
                var metadata: Metadata
            }
            struct Coordinates: Decodable { var x, y, z: [Double] }
            struct Metadata: Decodable {
                var sampleSizes: [Int]
                enum CodingKeys: String, CodingKey { case sampleSizes = "sample_sizes" }
            }
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/nidm_pain_dset.json"))
        let listed = try JSONDecoder().decode([String: Study].self, from: data)
        stack = try ImageStack(mask: mask)
        for (id, study) in listed.sorted(by: { $0.key < $1.key }) {
            let name = id.replacingOccurrences(of: ".nidm", with: "")
            let contrastPath = "\(folder)/contrast_\(name).nii.gz"
            guard FileManager.default.fileExists(atPath: contrastPath), let contrast = study.contrasts["1"] else {
                continue
            }
            let effect = try NIfTIImage(contentsOf: contrastPath).volume(0)
            let variance = try NIfTIImage(contentsOf: "\(folder)/var_\(name).nii.gz").volume(0)
            var ratio = effect
            ratio.values = ImageConversion.t(effects: effect.values, variances: variance.values)
                .map { $0 == 0 ? .nan : $0 }
            let n = contrast.metadata.sampleSizes[0]
            let scale = EffectScale(n1: n)
            let values = mask.gather(ratio.resampled(to: mask.grid))
            let g = values.map { $0.isFinite ? Float(scale.g(fromT: Double($0))) : .nan }
            try stack.append(.init(id: name, scale: scale), effects: g)
            effects.append(g)
            names.append(name)
            sizes.append(n)
            t.append(ratio)
            let c = contrast.coords
            peaks.append(c.x.indices.map { SIMD3(c.x[$0], c.y[$0], c.z[$0]) })
        }
    }

    var foci: [FociSet] {
        names.indices.map { FociSet(id: names[$0], sampleSize: Double(sizes[$0]), foci: peaks[$0]) }
    }

    /// As SDM takes them: peaks that are positive, or that have the t their image has there.
    func experiments(withHeights: Bool, thresholdP: Double) -> [Experiment] {
        names.indices.map { index in
            let source = SourceLocation(file: names[index])
            let threshold = StudentT(degreesOfFreedom: sizes[index] - 1).quantile(upperTail: thresholdP)
            let reported = peaks[index].map { peak -> Peak in
                let height = Double(t[index].value(at: peak))
                let usable = withHeights && height.isFinite && height > threshold
                return Peak(coordinate: peak, space: .mni, height: usable ? .t(height) : .positive, source: source)
            }
            return Experiment(
                id: names[index], study: names[index], sample: names[index], n1: sizes[index], tThreshold: threshold,
                thresholdIsAssumed: true, report: .peaks(reported), source: source)
        }
    }
}
