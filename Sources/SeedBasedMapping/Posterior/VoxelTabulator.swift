import Foundation
import Inference
import VoxelKernels

/// Tabulates the posterior of one voxel after another; one per worker.
final class VoxelTabulator {
    let model: PosteriorModel
    let instructions: VectorInstructions
    private var terms: [cuneus_posterior_term] = []
    /// Of each term.
    private var silences: [Int] = []
    private var known: [Float] = []
    private var origin: Float = 0
    private var sums: [Float]
    private var gaussian: [Float]

    /// [tau][16 · vectors]: logarithms, then weights.
    private(set) var table: [Float] = []
    private(set) var meanSums: [Float] = []
    private(set) var tauSums = [Float](repeating: 0, count: Int(CUNEUS_MOST_TAUS))
    private(set) var lattice = MeanLattice(level: 0)
    private(set) var first = 0
    private(set) var means = 0

    /// Whether logarithms are kept, for ``remove(_:_:)``.
    var keepsLogarithms = false
    private var logarithms: [Float] = []
    private var entries: ArraySlice<PosteriorModel.Entry> = []
    /// Of each term.
    private var termMembers: [Int] = []

    /// Rows that speak here, experiments whose effect is known, and others that a peak reaches.
    private(set) var rows = 0
    private(set) var measured = 0
    private(set) var reached = 0
    /// Known effects, each sample once.
    var knownCount: Int { known.count / 4 }

    init(_ model: PosteriorModel, _ instructions: VectorInstructions) {
        self.model = model
        self.instructions = instructions
        sums = Array(repeating: 0, count: 3 * Int(CUNEUS_MOST_TAUS))
        gaussian = Array(repeating: 0, count: 3 * Int(CUNEUS_MOST_TAUS))
    }

    /// Takes up what is said at a voxel.
    /// - Parameter isPilot: sign-only peaks at their mean height, for a first look.
    func take(_ entries: ArraySlice<PosteriorModel.Entry>, isPilot: Bool = false) {
        terms.removeAll(keepingCapacity: true)
        silences.removeAll(keepingCapacity: true)
        termMembers.removeAll(keepingCapacity: true)
        if keepsLogarithms { self.entries = entries }
        known.removeAll(keepingCapacity: true)
        rows = model.rowsOfPeaks
        measured = 0
        reached = 0
        var lastMapRow = -1
        var index = entries.startIndex
        while index < entries.endIndex {
            let entry = entries[index]
            let number = Int(entry.member)
            let member = model.members[number]
            if entry.isAbsent {
                append(entry, number, member, isPilot: isPilot)
                index += 1
                continue
            }
            if !model.rowHasPeaks[member.row], member.row != lastMapRow {
                rows += 1
                lastMapRow = member.row
            }
            if entry.isKnown, entry.slope == 0 {
                measured += 1
                if member.rowCount == 1 {
                    known.append(entry.centre)
                    known.append(
                        member.constantVariance + member.quadraticVariance * entry.centre * entry.centre)
                    known.append(1)
                    known.append(1)
                }
            } else {
                reached += 1
            }
            append(entry, number, member, isPilot: isPilot)
            index += 1
        }
        rows -= absentRows(entries)
        gatherSharedKnown(entries)
        // Effects as differences from about their mean: less is lost in single precision.
        var sum: Float = 0
        for position in stride(from: 0, to: known.count, by: 4) { sum += known[position] }
        origin = known.isEmpty ? 0 : sum / Float(known.count / 4)
    }

    /// Rows of peaks that say nothing here: none of their experiments looked, and none has a map with a value.
    private func absentRows(_ entries: ArraySlice<PosteriorModel.Entry>) -> Int {
        var absent = 0
        var index = entries.startIndex
        while index < entries.endIndex {
            let row = model.members[Int(entries[index].member)].row
            var (absences, words) = (0, 0)
            while index < entries.endIndex, model.members[Int(entries[index].member)].row == row {
                if entries[index].isAbsent { absences += 1 } else { words += 1 }
                index += 1
            }
            if absences > 0, words == 0, absences == model.peaksOfRow[row] { absent += 1 }
        }
        return absent
    }

    /// Known effects of experiments that share a sample with others, combined as ``CompositeEffect`` does.
    private func gatherSharedKnown(_ entries: ArraySlice<PosteriorModel.Entry>) {
        var index = entries.startIndex
        while index < entries.endIndex {
            let first = model.members[Int(entries[index].member)]
            guard first.rowCount > 1 else {
                index += 1
                continue
            }
            var count = 0.0
            var effects = 0.0
            var variances = 0.0
            var deviations = 0.0
            while index < entries.endIndex {
                let entry = entries[index]
                let member = model.members[Int(entry.member)]
                if member.row != first.row { break }
                index += 1
                guard entry.isKnown, entry.slope == 0, !entry.isAbsent else { continue }
                let g = Double(entry.centre)
                let variance = Double(member.constantVariance) + Double(member.quadraticVariance) * g * g
                count += 1
                effects += g
                variances += variance
                deviations += variance.squareRoot()
            }
            if count == 0 { continue }
            let r = model.correlation
            let variance = ((1 - r) * variances + r * deviations * deviations) / (count * count)
            // The row's information is shared among all its experiments: see EffectPosterior.
            let all = Double(first.rowCount)
            let weight = (1 + (count - 1) * r) / (1 + (all - 1) * r)
            known.append(Float(effects / count))
            known.append(Float(variance))
            known.append(Float(weight))
            known.append(Float(all / count * weight))
        }
    }

    private func append(_ entry: PosteriorModel.Entry, _ number: Int, _ member: PosteriorModel.Member, isPilot: Bool) {
        guard let silence = member.silence else { return }
        // Of a known effect, and of one who did not look, the silence is all that the table has to lose.
        let isGaussian = entry.isKnown && entry.slope == 0
        let start = UnsafePointer(model.heights.buffer.baseAddress! + number * PosteriorModel.heightStride)
        let most = SignOnlyHeights.most
        let usesMean = !entry.variesWithHeight || (isPilot && !entry.isKnown)
        var heights = 1
        var base = start
        if !usesMean, let rules = model.rules[number] {
            // A known effect has a density, which needs all its heights.
            let rule =
                entry.isKnown
                ? rules.rules.count - 1
                : rules.index(
                    slope: Double(abs(entry.slope) + entry.growth),
                    standardError: Double(member.constantVariance).squareRoot())
            base += 2 * rule * most
            heights = rules.rules[rule].heights.count
        }
        let mean = start + PosteriorModel.heightStride - 2
        terms.append(
            cuneus_posterior_term(
                centre: entry.isAbsent ? 0 : entry.centre, slope: entry.slope, half_width: entry.halfWidth,
                growth: entry.growth, is_known: entry.isKnown ? 1 : 0,
                heights: isGaussian ? 0 : Int32(heights), height: usesMean ? mean : base,
                weight: usesMean ? mean + 1 : base + most, constant_variance: member.constantVariance,
                quadratic_variance: member.quadraticVariance, power: Float(member.power),
                tau_share: Float(member.tauShare), silent: nil, silent_stride: 0))
        silences.append(silence)
        termMembers.append(number)
    }

    /// Tabulates what was taken up, with priors, at `means` nodes from node `first` of the tables' lattice.
    ///
    /// - Parameters:
    ///   - priorPrecision: of the mean's normal prior around 0; 0 for none.
    ///   - tauPrior: whether τ's weights and prior enter; else every τ counts 1.
    ///   - normalise: from logarithms to weights.
    @discardableResult
    func tabulate(
        _ tables: SilentTables, first: Int, means: Int, priorPrecision: Double, tauPrior: Bool = true
    ) -> Float {
        lattice = tables.lattice
        self.first = first
        self.means = means
        let taus = tables.taus.count
        let vectors = (means + 15) / 16
        let columns = 16 * vectors
        if table.count < taus * columns { table = Array(repeating: 0, count: taus * columns) }
        if meanSums.count < columns { meanSums = Array(repeating: 0, count: columns) }
        for index in terms.indices {
            terms[index].silent = tables.silence(silences[index], from: first)
            terms[index].silent_stride = Int32(tables.columns)
        }
        let length = tables.taus.tau2.count
        let most = Int(CUNEUS_MOST_TAUS)
        return tables.taus.tau2.withUnsafeBufferPointer { tau2 in
            var nodes = cuneus_posterior_nodes(
                first: Float(Double(first) * lattice.step), step: Float(lattice.step), vectors: Int32(vectors),
                means: Int32(means), taus: Int32(taus), tau2: tau2.baseAddress)
            if !known.isEmpty {
                cuneus_posterior_known(
                    instructions.code, &nodes, known, Int32(known.count / 4), origin, &sums)
            }
            for tau in 0..<taus {
                var precision = 0.0
                var effect = 0.0
                var constant = tauPrior ? tables.taus.logWeights[tau] : 0
                if !known.isEmpty {
                    precision = Double(sums[tau])
                    effect = Double(sums[length + tau])
                    constant += Double(sums[2 * length + tau])
                }
                // The known effects' part, −½Σw(y − μ)², as a parabola; then the prior's into it.
                var centre = Double(origin)
                if precision > 0 {
                    centre += effect / precision
                    constant += 0.5 * effect * effect / precision
                }
                let both = precision + priorPrecision
                if both > 0 {
                    constant -= 0.5 * precision * priorPrecision / both * centre * centre
                    centre *= precision / both
                }
                gaussian[tau] = Float(both)
                gaussian[most + tau] = Float(centre)
                gaussian[2 * most + tau] = Float(constant)
            }
            return gaussian.withUnsafeBufferPointer { gaussian in
                let start = gaussian.baseAddress!
                cuneus_posterior_open(
                    instructions.code, &nodes, tables.total(from: first), Int32(tables.columns), start, start + most,
                    start + 2 * most, &table)
                if !terms.isEmpty {
                    cuneus_posterior_add(instructions.code, &nodes, terms, Int32(terms.count), &table)
                }
                if keepsLogarithms { logarithms = table }
                return cuneus_posterior_close(instructions.code, &nodes, &table, &meanSums, &tauSums)
            }
        }
    }

    /// Turns the table into the posterior without some members, each of whom shares its sample with no other: their parts are
    /// taken off.
    ///
    /// The nodes stay those of all members. Every call starts from the table of all, so that calls do not add up.
    /// - Parameter tables: those of the last ``tabulate(_:first:means:priorPrecision:tauPrior:)``.
    func remove(_ numbers: [Int], _ tables: SilentTables) {
        var removals = numbers.map { removal(of: $0, tables) }
        table = logarithms
        tables.taus.tau2.withUnsafeBufferPointer { tau2 in
            var nodes = cuneus_posterior_nodes(
                first: Float(Double(first) * lattice.step), step: Float(lattice.step),
                vectors: Int32((means + 15) / 16), means: Int32(means), taus: Int32(tables.taus.count),
                tau2: tau2.baseAddress)
            if !removals.isEmpty {
                cuneus_posterior_add(instructions.code, &nodes, &removals, Int32(removals.count), &table)
            }
            _ = cuneus_posterior_close(instructions.code, &nodes, &table, &meanSums, &tauSums)
        }
    }

    /// What takes a member's part off the table: its own term, counted −1 times.
    private func removal(of number: Int, _ tables: SilentTables) -> cuneus_posterior_term {
        let member = model.members[number]
        let entry = entries.first { Int($0.member) == number }
        let mean =
            UnsafePointer(model.heights.buffer.baseAddress! + number * PosteriorModel.heightStride)
            + PosteriorModel.heightStride - 2
        // A known effect, or nothing.
        let says = entry.map { !$0.isAbsent } ?? false
        var term = cuneus_posterior_term(
            centre: says ? entry?.centre ?? 0 : 0, slope: 0, half_width: 0, growth: 0, is_known: 1,
            heights: says ? 1 : 0,
            height: mean,
            weight: mean + 1, constant_variance: member.constantVariance, quadratic_variance: member.quadraticVariance,
            power: -1, tau_share: 1, silent: nil, silent_stride: 0)
        if let entry, !(entry.isKnown && entry.slope == 0), let index = termMembers.firstIndex(of: number) {
            term = terms[index]
            term.power = -term.power
            term.silent = nil
        } else if entry == nil, let silence = member.silence {
            term.silent = tables.silence(silence, from: first)
            term.silent_stride = Int32(tables.columns)
        }
        return term
    }

    /// What is left without a member: rows that speak, and what the member was.
    func without(_ number: Int) -> (rows: Int, wasMeasured: Bool, wasReached: Bool) {
        let entry = entries.first { Int($0.member) == number }
        if let entry, entry.isAbsent { return (rows, false, false) }
        let isMeasured = entry.map { $0.isKnown && $0.slope == 0 } ?? false
        let speaks = model.members[number].silence != nil || entry != nil
        return (rows - (speaks ? 1 : 0), isMeasured, entry != nil && !isMeasured)
    }

    /// Mean, SD, and the larger of the two outermost weights relative to the largest.
    var moments: (mean: Double, deviation: Double, edge: Double) {
        var total = 0.0
        var sum = 0.0
        var most: Float = 0
        for index in 0..<means {
            total += Double(meanSums[index])
            sum += Double(meanSums[index]) * Double(first + index)
            most = max(most, meanSums[index])
        }
        let centre = sum / total
        var square = 0.0
        for index in 0..<means {
            let r = Double(first + index) - centre
            square += Double(meanSums[index]) * r * r
        }
        return (
            centre * lattice.step, (square / total).squareRoot() * lattice.step,
            Double(max(meanSums[0], meanSums[means - 1]) / most)
        )
    }

    var marginal: MarginalDensity {
        MarginalDensity(
            first: Double(first) * lattice.step, step: lattice.step,
            weights: (0..<means).map { Double(meanSums[$0]) })
    }
}
