public import Appraisal
public import Evidence
import Imaging
public import Inference
import Statistics

/// Leaves each experiment, and each sample of several experiments, out of a model, at the voxels of its clusters. See
/// Docs/jackknife.md.
struct JackknifeStep: AnalysisStep {
    let context: AnalysisContext

    func jackknife(
        of model: PreparedModel, clusters: [Cluster], familyWise: FamilyWiseResult? = nil
    ) async throws -> Jackknife {
        let clusters = clusters.filter { !$0.peaks.isEmpty }
        let experiments = model.experiments.map(\.experiment)
        var omissions = Jackknife.omissions(of: experiments)
        let voxels = clusters.flatMap(\.voxels)
        if let found = model.posterior {
            let (rows, shares) = try await PosteriorOmissions(context: context).rows(
                found.posterior, omissions, clusters: clusters)
            return try await tables(model, clusters, omissions, rows, shares, familyWise: familyWise)
        }
        let rests = rests(of: model, &omissions)
        let likely = try await likely(of: model, omissions, rests, at: voxels)
        let pooling = OmittedPooling(
            studies: model.studies, sampleRows: model.rows, omitted: omissions.map(\.experiments),
            regressions: rests.map { rests in
                [model.design.map { whole(model, $0) }] + rests.map { $0?.regression }
            },
            imputations: settings.imputations, estimator: settings.pooling, sampler: sampler())
        let (rows, shares) = try await pool(pooling, clusters, likely: likely)
        return try await tables(model, clusters, omissions, rows, shares, familyWise: familyWise)
    }

    /// - Parameters:
    ///   - rows: (1 + omissions) per voxel of all clusters, the whole first.
    ///   - shares: of each cluster.
    private func tables(
        _ model: PreparedModel, _ clusters: [Cluster], _ omissions: [Jackknife.Omission],
        _ rows: SharedArray<OmittedPooling.Row>, _ shares: [OmittedPooling.Shares], familyWise: FamilyWiseResult?
    ) async throws -> Jackknife {
        let experiments = model.experiments.map(\.experiment)
        let voxels = clusters.flatMap(\.voxels)
        let sources = try await SourcesStep(context: context).sources(of: model, at: voxels)

        let reader = OutcomeReader(
            threshold: -Normal.quantile(settings.thresholdP), corrected: correctedThresholds(familyWise))
        var tables: [Jackknife.ClusterTable] = []
        var first = 0
        let units = omissions.count + 1
        for (number, cluster) in clusters.enumerated() {
            let range = first..<first + cluster.voxels.count
            first = range.upperBound
            let place = Dictionary(uniqueKeysWithValues: zip(cluster.voxels, range))
            func outcome(_ voxel: Int, _ unit: Int) -> Jackknife.Outcome {
                reader.outcome(rows.buffer[voxel * units + unit], sign: cluster.sign)
            }
            let peaks = cluster.peaks.compactMap { peak in
                place[Int32(peak.position)].map { voxel in
                    Jackknife.Peak(
                        position: peak.position, coordinate: peak.coordinate, all: outcome(voxel, 0),
                        without: (1..<units).map { outcome(voxel, $0) })
                }
            }
            guard !peaks.isEmpty else { continue }
            var remaining: [Int] = []
            var highest: [Double] = []
            for unit in 1..<units {
                let outcomes = range.map { outcome($0, unit) }
                remaining.append(outcomes.count(where: \.isSignificant))
                let z = outcomes.map { Double(cluster.sign) * $0.z }.filter { !$0.isNaN }
                highest.append(z.max() ?? .nan)
            }
            tables.append(
                Jackknife.ClusterTable(
                    sign: cluster.sign, voxels: cluster.voxels.count, peaks: peaks, remaining: remaining,
                    highest: highest,
                    contributions: Self.contributions(
                        experiments, model.studies, shares[number], sources: sources, voxels: cluster.voxels,
                        in: range)))
        }
        return Jackknife(
            experiments: experiments.map(\.id), omissions: omissions, threshold: reader.threshold,
            correctedThresholds: reader.corrected, clusters: tables)
    }

    /// What an omission leaves of a model with covariates.
    private struct Rest {
        var regression: OmittedRegression
        var kept: [Int]
        var design: LikelyDesign
    }

    /// The designs without each omission, made anew for those that remain, so that means and standard deviations are theirs;
    /// nil for a mean.
    ///
    /// Where they do not determine the model, or it would be another one (a level has gone), the omission says so.
    private func rests(
        of model: PreparedModel, _ omissions: inout [Jackknife.Omission]
    ) -> [Rest?]? {
        guard let design = model.design else { return nil }
        let experiments = model.experiments.map(\.experiment)
        let step = LikelyCoefficientsStep(context: context)
        var rests: [Rest?] = []
        for index in omissions.indices {
            let kept = experiments.indices.filter { !omissions[index].experiments.contains($0) }
            do {
                let left = kept.map { experiments[$0] }
                let rest = try DesignMatrix(model.plan, experiments: left, samples: settings.samples)
                guard rest.columns.map(\.name) == design.columns.map(\.name) else {
                    let gone = design.columns.map(\.name).filter { !rest.columns.map(\.name).contains($0) }
                    omissions[index].problem =
                        "no experiment is left that tells \(gone.joined(separator: ", ")) from the rest"
                    rests.append(nil)
                    continue
                }
                let rows = SampleRows(left, of: model.plan, settings: settings)
                rests.append(
                    Rest(
                        regression: OmittedRegression(rest, experiments: kept, rows: rows), kept: kept,
                        design: step.design(rest, rows: rows, experiments: kept.count)))
            } catch {
                omissions[index].problem = error.message
                rests.append(nil)
            }
        }
        return rests
    }

    private func whole(_ model: PreparedModel, _ design: DesignMatrix) -> OmittedRegression {
        OmittedRegression(design, experiments: Array(model.experiments.indices), rows: model.rows)
    }

    /// Step 3 without each omission.
    @_optimize(none)
    private func likely(
        of model: PreparedModel, _ omissions: [Jackknife.Omission], _ rests: [Rest?]?, at voxels: [Int32]
    ) async throws -> OmittedLikely {
        let step = OmittedLikelyStep(context: context)
        let (bounds, scales) = (model.studies.map(\.bounds), model.studies.map(\.scale))
        guard let rests else {
            return try await step.likely(bounds, scales: scales, omitted: omissions.map(\.experiments), at: voxels)
        }
        let left = rests.map { OmittedCoefficients.Omission(kept: $0?.kept ?? [], design: $0?.design) }
        return .coefficients(try await step.coefficients(bounds, scales: scales, omissions: left, at: voxels))
    }

    /// All voxels of all clusters, in pieces that each lie in one cluster.
    /// - Returns: rows of (1 + omissions) per voxel, and the shares of each cluster.
    private func pool(
        _ pooling: OmittedPooling, _ clusters: [Cluster], likely: OmittedLikely
    ) async throws -> (rows: SharedArray<OmittedPooling.Row>, shares: [OmittedPooling.Shares]) {
        let units = pooling.omitted.count + 1
        let size = pooling.pieceSize
        var pieces: [(cluster: Int, first: Int, voxels: [Int32])] = []
        var first = 0
        for (number, cluster) in clusters.enumerated() {
            for start in stride(from: 0, to: cluster.voxels.count, by: size) {
                let voxels = Array(cluster.voxels[start..<min(start + size, cluster.voxels.count)])
                pieces.append((number, first, voxels))
                first += voxels.count
            }
        }
        let rows = SharedArray(
            repeating: OmittedPooling.Row.none, count: first * units)
        let slots = Slots<OmittedPooling.Shares>(count: pieces.count)
        progress.began("Jackknife: imputing and pooling", units: first)
        defer { progress.ended() }
        let work = pieces
        try await workers.forEach(work.count) { index in
            let piece = work[index]
            guard let start = rows.buffer.baseAddress else { return }
            slots[index] = try pooling.pool(
                piece.voxels, first: piece.first, likely: likely, into: start + piece.first * units)
            progress.advanced(by: piece.voxels.count)
        }
        var shares = clusters.map { _ in OmittedPooling.Shares(studies: pooling.studies.count) }
        for (index, piece) in pieces.enumerated() {
            if let part = slots[index] { shares[piece.cluster].add(part) }
        }
        return (rows, shares)
    }

    /// z that a voxel has to reach for a corrected p at the settings' level.
    private func correctedThresholds(_ familyWise: FamilyWiseResult?) -> [NullDistribution.Tail: Double] {
        guard let familyWise else { return [:] }
        var thresholds: [NullDistribution.Tail: Double] = [:]
        for tail in NullDistribution.Tail.allCases {
            let corrected = familyWise.null.correctedP(.voxel, tail, isTwoTailed: familyWise.isTwoTailed)
            if let z = corrected.threshold(level: familyWise.level(settings.correctedP)) {
                thresholds[tail] = Double(z)
            }
        }
        return thresholds
    }

    private static func contributions(
        _ experiments: [Experiment], _ studies: [ImputedStudy], _ shares: OmittedPooling.Shares,
        sources: [[StudyEffects.Source]], voxels: [Int32], in range: Range<Int>
    ) -> [Contribution] {
        let total = shares.effects.reduce(0, +)
        return experiments.indices.map { index in
            var counts: [StudyEffects.Source: Int] = [:]
            for (voxel, place) in zip(voxels, range) where !studies[index].bounds.lower[Int(voxel)].isNaN {
                counts[sources[index][place], default: 0] += 1
            }
            return Contribution(
                id: experiments[index].id, share: shares.effects[index] / total,
                weight: shares.weights[index] / max(shares.count, 1),
                sources: counts.mapValues { Double($0) / Double(range.count) })
        }
    }
}

/// Judges pooled values by a model's thresholds.
private struct OutcomeReader {
    var threshold: Double
    var corrected: [NullDistribution.Tail: Double]

    func outcome(_ row: OmittedPooling.Row, sign: Int) -> Jackknife.Outcome {
        let z = Double(row.z)
        let directed = Double(sign) * z
        let tail: NullDistribution.Tail = sign < 0 ? .negative : .positive
        return Jackknife.Outcome(
            g: Double(row.g), se: Double(row.se), z: z, tau2: Double(row.tau2), p: Normal.upperTail(directed),
            // As ClusterFinder does: in single precision.
            isSignificant: Float(directed) > Float(threshold),
            isAboveCorrected: corrected.isEmpty ? nil : corrected[tail].map { directed >= $0 } ?? false)
    }
}
