import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import TestSupport
import Testing

@Suite struct TableTests {
    @Test("a table is tab separated, one line a row, and a tab or line break in a value becomes a blank")
    func layout() {
        let table = TextTable(header: ["a", "b"], rows: [["1", ""], ["x\ty\r\nz", "ü"]])
        #expect(table.text == "a\tb\n1\tn/a\nx y  z\tü\n")
    }

    @Test("clusters are listed with extent, peak, interval, p, heterogeneity and place; positive ones first")
    func clusters() {
        // 8 mm voxels: 512 mm³ each. At the peaks z = ±4, se = 0.125, so g = ±0.5, interval ± 1.959964 · 0.125 =
        // 0.244996. p = scipy.stats.norm.sf(4) = 3.167124183311986e-05.
        var z = [Float](repeating: 0, count: Fixture.mask.count)
        let pair = Head.positions(near: [[-30, -6, -16], [-38, -6, -16]])
        let single = Head.positions(near: [[42, 34, 24]])
        z[pair[0]] = 4
        z[pair[1]] = 3
        z[single[0]] = -4
        func cluster(_ sign: Int, _ positions: [Int]) -> Cluster {
            Cluster(
                sign: sign, voxels: positions.map(Int32.init).sorted(),
                peaks: [
                    ClusterPeak(
                        position: positions[0], coordinate: Fixture.mask.world(at: positions[0]),
                        value: Double(z[positions[0]]))
                ])
        }
        let base = Fixture.findings(z).result
        let findings = ModelFindings(result: base, clusters: [cluster(-1, single), cluster(1, pair)])
        let tables = ClusterTables(findings, places: PlaceNamer(atlases: ["AAL"]) { $0.x < 0 ? ["Left amygdala"] : [] })
        let expected = """
            cluster	direction	voxels	mm3	x_mm	y_mm	z_mm	g	ci_low	ci_high	z	p	p_fwe_voxel	p_fwe_tfce	p_fwe_size	p_fwe_mass	tau2	I2	measured	sign_only	silent	imputed_share	median_I2	AAL
            1	positive	2	1024	-30	-6	-16	0.5000	0.2550	0.7450	4.000	3.167e-05	n/a	n/a	n/a	n/a	0.0200	31.50	n/a	n/a	n/a	n/a	31.50	Left amygdala
            2	negative	1	512	42	34	24	-0.5000	-0.7450	-0.2550	-4.000	3.167e-05	n/a	n/a	n/a	n/a	0.0200	31.50	n/a	n/a	n/a	n/a	31.50	n/a

            """
        #expect(tables.clusters.text == expected)
    }

    @Test("every local maximum is a row of peaks.tsv under its cluster's number")
    func peaks() {
        var findings = Fixture.findings(Fixture.twoBlobs)
        let first = findings.clusters[0]
        let doubled = Cluster(sign: 1, voxels: first.voxels, peaks: [first.peaks[0], first.peaks[0]])
        findings = ModelFindings(result: findings.result, clusters: [doubled, findings.clusters[1]])
        let rows = ClusterTables(findings, places: .none).peaks.rows
        #expect(
            rows.map { Array($0.prefix(3)) } == [
                ["1", "1", "positive"], ["1", "2", "positive"], ["2", "1", "negative"],
            ])
    }

    @Test("without clusters the tables hold their headers only")
    func empty() {
        let tables = ClusterTables(Fixture.findings(Fixture.blob(1, at: .zero)), places: .none)
        #expect(tables.clusters.rows.isEmpty)
        #expect(tables.peaks.text.hasPrefix("cluster\tpeak\t"))
    }

    @Test("studies.tsv says what entered: threshold and whether assumed, peaks by direction, covariates, source")
    func studies() {
        let table = StudyTable(Fixture.experiments, covariateNames: ["pmid", "task"]).table
        let expected = """
            experiment	study	sample	n1	n2	t_thr	t_thr_assumed	data	peaks	increases	decreases	sign_only	pmid	task	source
            a1	Study a1	a1	20	0	3.5794	no	peaks	1	1	0	0	12345678	rest	studies.tsv:2
            b2	Study b2	b2	12	14	3.5794	yes	peaks	2	1	1	2	n/a	n back	studies.tsv:2
            c3	Study c3	c3	30	0	3.5794	no	peaks	0	0	0	0	n/a	n/a	studies.tsv:2

            """
        #expect(table.text == expected)
    }

    @Test("thresholds in studies.tsv have digits enough that two decimals of them are those of the number itself")
    func thresholdDigits() {
        var experiment = Fixture.experiment("a1")
        // 3.43 to two decimals; by way of four, 3.4350, it would be 3.44.
        experiment.tThreshold = 3.43498
        let table = StudyTable([experiment], covariateNames: []).table
        let column = table.header.firstIndex(of: "t_thr") ?? 0
        #expect(table.rows[0][column] == "3.43498")
        experiment.tThreshold = 3.1
        #expect(StudyTable([experiment], covariateNames: []).table.rows[0][column] == "3.1", "digits that say nothing")
    }

    @Test("with the mask of the analysis studies.tsv counts the peaks in it and those too far from it")
    func placement() {
        var experiments = Fixture.experiments
        // The ellipsoid ends at x = 70.
        if case .peaks(var peaks) = experiments[1].report {
            peaks[1].coordinate = [100, -16, 10]
            experiments[1].report = .peaks(peaks)
        }
        var mapped = Fixture.experiment("m")
        mapped.report = .map(.init(path: "maps/m.nii.gz", kind: .t, source: mapped.source))
        let table = StudyTable(experiments + [mapped], covariateNames: [], mask: Fixture.mask).table
        #expect(Array(table.header[11...]) == ["sign_only", "in_mask", "outside_mask", "source"])
        #expect(table.rows.map { Array($0[12...13]) } == [["1", "0"], ["1", "1"], ["0", "0"], ["", ""]])
    }

    @Test("what tables were to show has a column where an experiment says it")
    func directions() {
        var experiments = Fixture.experiments
        experiments[1].direction = .increases
        let table = StudyTable(experiments, covariateNames: ["pmid"]).table
        #expect(Array(table.header[11...]) == ["sign_only", "direction", "pmid", "source"])
        #expect(table.rows.map { $0[12] } == ["", "increases", ""])
    }

    @Test("a statistic map is named in place of peak counts")
    func statisticMap() {
        var experiment = Fixture.experiment("m")
        experiment.report = .map(.init(path: "maps/m.nii.gz", kind: .t, source: experiment.source))
        let row = StudyTable([experiment], covariateNames: []).table.rows[0]
        #expect(Array(row[7...11]) == ["maps/m.nii.gz", "", "", "", ""])
    }
}
